/**
 * Families as fast-check makes them: every type, awkward names and label values, all kinds of numbers.
 */

import fc from "fast-check";
import type {
  Distribution,
  DistributionFamily,
  DistributionType,
  Family,
  ScalarFamily,
  ScalarType,
} from "../../src/model/family.ts";
import { labelText, sortLabels } from "../../src/model/label.ts";
import { anyChar } from "../model/any-char.ts";

const SCALARS: readonly ScalarType[] = ["counter", "gauge", "untyped"];
const DISTRIBUTIONS: readonly DistributionType[] = ["histogram", "gaugehistogram", "summary"];

/** Text full of what the format gives a meaning, and anything else that Unicode has. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\\", '"', "\n", "\r", "\t", " ", "{", "}", ",", "=", "#", "n", "\0", "💩"),
    anyChar,
  ),
  maxLength: 12,
});

const number = fc.oneof(
  { weight: 3, arbitrary: fc.double() },
  fc.constantFrom(0, -0, 1, 5e-324, 1e-5, 99999.5, 1e6, 2 ** 53, 2 ** 64, Number.MAX_VALUE),
);
const count = fc.oneof(fc.nat(), fc.double({ min: 0 }));

/** Metric names, some of which read like the lines of a histogram or summary. */
const metricName = fc.tuple(
  fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,6}$/),
  fc.constantFrom("", "", "_total", "_sum", "_count", "_bucket"),
).map(([name, suffix]) => name + suffix);

/** Label names as every version of Prometheus takes them. */
const labelName = fc.oneof(
  fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,4}$/),
  fc.constantFrom("le", "quantile", "job", "instance"),
);

/** What names are made of. */
interface Names {
  readonly metric: fc.Arbitrary<string>;
  readonly label: fc.Arbitrary<string>;
}

/** Label texts of different series, none with a label named `reserved`. */
function labelTexts(label: fc.Arbitrary<string>, reserved: string): fc.Arbitrary<string[]> {
  const name = label.filter((label) => label !== reserved && label !== "__name__");
  const pairs = fc.uniqueArray(fc.tuple(name, text), {
    selector: ([label]) => label,
    maxLength: 4,
  });
  return fc.uniqueArray(pairs.map((list) => labelText(sortLabels(list.flat()))), {
    minLength: 1,
    maxLength: 4,
  });
}

const scalarFamily = ({ metric, label }: Names): fc.Arbitrary<ScalarFamily> =>
  fc.record({
    name: metric,
    type: fc.constantFrom(...SCALARS),
    help: text,
    labels: labelTexts(label, "__name__"),
  }).chain((family) =>
    numbers(number, family.labels.length).map((samples) => ({ ...family, samples }))
  );

const distributionFamily = (
  { metric, label }: Names,
): fc.Arbitrary<DistributionFamily> =>
  fc.constantFrom(...DISTRIBUTIONS)
    .chain((type) =>
      fc.record({
        name: metric,
        type: fc.constant(type),
        help: text,
        labels: labelTexts(label, type === "summary" ? "quantile" : "le"),
      })
    ).chain((family) => {
      const { length } = family.labels;
      return fc.array(distribution(family.type), { minLength: length, maxLength: length })
        .map((samples) => ({ ...family, samples }));
    });

/** A family of any type, as it is stored. */
export const family: fc.Arbitrary<Family> = familyOf({ metric: metricName, label: labelName });

const utf8Name = text.filter((name) => name !== "");

/** The same with any names that UTF-8 names allow. */
export const utf8Family: fc.Arbitrary<Family> = familyOf({
  metric: fc.oneof(
    metricName,
    fc.tuple(utf8Name, fc.constantFrom("", "_sum", "_count", "_bucket"))
      .map(([name, suffix]) => name + suffix),
  ),
  label: fc.oneof(labelName, utf8Name),
});

function familyOf(names: Names): fc.Arbitrary<Family> {
  return fc.oneof(scalarFamily(names), distributionFamily(names));
}

function distribution(type: DistributionType): fc.Arbitrary<Distribution> {
  const points = fc.uniqueArray(fc.oneof(fc.double({ noNaN: true }), fc.constant(Infinity)), {
    selector: (point) => point + 0,
    comparator: "SameValueZero",
    maxLength: 5,
  });
  const summary = type === "summary";
  return fc.record({
    count: summary ? count.map((value) => Number.isFinite(value) ? Math.trunc(value) : 0) : count,
    sum: number,
    points,
  }).chain((state) =>
    numbers(summary ? number : count, state.points.length).map((values) => ({ ...state, values }))
  );
}

function numbers(each: fc.Arbitrary<number>, length: number): fc.Arbitrary<number[]> {
  return fc.array(each, { minLength: length, maxLength: length });
}
