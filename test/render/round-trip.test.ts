import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type Distribution,
  type Family,
  isScalar,
  isScalarType,
  type PushedFamily,
  type PushedScalarFamily,
} from "../../src/model/family.ts";
import { escapedIdentity } from "../../src/model/escaped-labels.ts";
import { labelText, parseLabelText } from "../../src/model/label.ts";
import { isLabelName, isMetricName } from "../../src/model/name.ts";
import { escapeName } from "../../src/model/name-escaping.ts";
import { parseText } from "../../src/parse/text.ts";
import type { Format } from "../../src/render/format.ts";
import { createTextFormat, textFormat } from "../../src/render/text.ts";
import { runs } from "../support/runs.ts";
import { family, utf8Family } from "./arbitrary-family.ts";

it("parses what it renders", () => {
  fc.assert(
    fc.property(family, (stored) => {
      expect([...parseText(render([stored]))]).toEqual([expectedOf(stored)]);
    }),
    { numRuns: runs(500) },
  );
});

it("parses what it renders with UTF-8 names", () => {
  const format = createTextFormat("allow-utf-8");
  fc.assert(
    fc.property(utf8Family, (stored) => {
      const expected = expectedOf(stored);
      const isUtf8 = !isMetricName(stored.name) ||
        expected.series.some(({ labels }) =>
          labels.some((label, i) => i % 2 === 0 && !isLabelName(label))
        );
      expect([...parseText(render([stored], format), { utf8Names: true })]).toEqual([
        { ...expected, ...(isUtf8 && { utf8: true }) },
      ]);
    }),
    { numRuns: runs(500) },
  );
});

it("parses without UTF-8 names what it renders with escaped ones", () => {
  const escapings = fc.constantFrom("underscores", "dots", "values");
  fc.assert(fc.property(utf8Family, escapings, (stored, escaping) => {
    // Labels that are one once escaped, or the metric's name, are not for the format to find.
    if (stored.labels.some((text) => escapedIdentity(text, escaping).isInvalid)) return;
    const body = render([{ ...stored, ...UTF8_EXTRAS }], createTextFormat(escaping));
    const [parsed, ...more] = parseText(body);
    const { name, series } = expectedOf(stored);
    expect(more).toEqual([]);
    expect(parsed?.name).toBe(escapeName(name, escaping));
    expect(parsed).not.toHaveProperty("utf8");
    expect(parsed?.series.length).toBeLessThanOrEqual(series.length);
  }));
});

it("parses several families of one body", () => {
  const families = fc.array(family, { maxLength: 5 }).map((list) =>
    list.map((each, i) => ({ ...each, name: `f${i}_${each.name}_x` }))
  );
  fc.assert(fc.property(families, (list) => {
    expect([...parseText(render(list))]).toEqual(list.map(expectedOf));
  }));
});

it("renders the same again of what it has parsed", () => {
  const renderAgain = (bytes: Uint8Array) => render([...parseText(bytes)].map(toStored));
  const families = family.filter(({ help }) => !help.endsWith("\r"));
  fc.assert(fc.property(families, (stored) => {
    const bytes = renderAgain(render([stored]));
    expect(renderAgain(bytes)).toEqual(bytes);
  }));
});

it("renders the parts of a family alike, together or one by one", () => {
  fc.assert(fc.property(fc.array(family, { maxLength: 4 }), (list) => {
    const parts = list.map((each) => decode(textFormat.renderSeries([each])));
    expect(decode(textFormat.renderSeries(list))).toBe(parts.join(""));
  }));
});

const UTF8_EXTRAS = { extras: { unit: "", wire: [], utf8: true } };

function render(families: readonly Family[], format: Format = textFormat): Uint8Array {
  const text = families.map((each) => {
    const series = format.renderSeries([each]);
    return decode(format.renderHead({ ...each, unit: "" }, series.length)) + decode(series);
  });
  return new TextEncoder().encode(text.join(""));
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** What the text format keeps of a family. */
function expectedOf(stored: Family): PushedFamily {
  const { name, labels } = stored;
  // Blanks in front of a HELP text belong to nothing, and CR LF ends a line.
  const help = stored.help.replace(/^[ \t]+/, "").replace(/\r$/, "");
  const head = { name, help, timestamped: false };
  const labelled = <S>(sample: S, i: number) => ({
    labels: parseLabelText(labels[i] ?? ""),
    sample,
  });
  if (isScalar(stored)) {
    const series = stored.samples.map((sample, i) => labelled(unsigned(sample), i));
    return { ...head, type: stored.type, series };
  }
  const type = stored.type === "gaugehistogram" ? "histogram" : stored.type;
  const samples = stored.samples.map(type === "histogram" ? withInfinity : unsignedDistribution);
  return { ...head, type, series: samples.map(labelled) };
}

/** A histogram without a bucket for +Inf gets one, holding the count. */
function withInfinity(histogram: Distribution): Distribution {
  const { points, values, count } = histogram;
  if (points.includes(Infinity)) return unsignedDistribution(histogram);
  return unsignedDistribution({
    ...histogram,
    points: [...points, Infinity],
    values: [...values, count],
  });
}

function unsignedDistribution({ count, sum, points, values }: Distribution): Distribution {
  return {
    count: unsigned(count),
    sum: unsigned(sum),
    points: points.map(unsigned),
    values: values.map(unsigned),
  };
}

/** The text format has no negative zero. */
function unsigned(value: number): number {
  return value === 0 ? 0 : value;
}

function toStored(pushed: PushedFamily): Family {
  const { name, help } = pushed;
  const labels = pushed.series.map((series) => labelText(series.labels));
  if (isPlain(pushed)) {
    return { name, help, type: pushed.type, labels, samples: pushed.series.map((s) => s.sample) };
  }
  return { name, help, type: pushed.type, labels, samples: pushed.series.map((s) => s.sample) };
}

function isPlain(pushed: PushedFamily): pushed is PushedScalarFamily {
  return isScalarType(pushed.type);
}
