import fc from "fast-check";
import { expect, it } from "vitest";
import type { PushedFamily } from "../../src/model/family.ts";
import { GatewayError } from "../../src/model/error.ts";
import { parseProtobuf } from "../../src/parse/protobuf.ts";
import { runs } from "../support/runs.ts";
import { encodedFamily, nameOf } from "./arbitrary-protobuf.ts";
import { delimited } from "./protobuf-encode.ts";
import { mutate, seededRandom } from "./mutate.ts";

const families = fc.uniqueArray(encodedFamily, { selector: nameOf, maxLength: 3 });

it("reads every family that was written, and keeps the messages that say more", () => {
  fc.assert(
    fc.property(families, (list) => {
      const body = delimited(...list.map(({ bytes }) => bytes));
      expect(parseProtobuf(body)).toEqual(list.map(({ means }) => means));
    }),
    { numRuns: runs(1000) },
  );
});

it("makes no difference between one message of a family and one for each half of its metrics", () => {
  fc.assert(
    fc.property(encodedFamily, (family) => {
      const [once] = parseProtobuf(delimited(family.bytes));
      const [twice] = parseProtobuf(delimited(family.bytes, family.bytes));
      const series = once?.series ?? [];
      expect(twice).toEqual({ ...once, series: [...series, ...series] });
    }),
    { numRuns: runs(300) },
  );
});

it("reads or refuses whatever comes in", () => {
  const bodies = fc.sample(families, { numRuns: 300, seed: 1 })
    .map((list) => delimited(...list.map(({ bytes }) => bytes)));
  const random = seededRandom(1);
  let read = 0;
  for (let run = 0; run < 40_000; run++) {
    const body = mutate(bodies[run % bodies.length] as Uint8Array, random);
    const outcome = outcomeOf(body);
    if (outcome === undefined) continue;
    read++;
    outcome.forEach(expectSound);
  }
  // Neither all nor nothing: the mutations do reach what is deep inside.
  expect(read).toBeGreaterThan(4_000);
  expect(read).toBeLessThan(36_000);
});

it("reads or refuses bytes without any sense", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (body) => outcomeOf(body)?.forEach(expectSound)),
    { numRuns: runs(2000) },
  );
});

const REFUSALS: Readonly<Record<string, RegExp>> = {
  malformed: /^protobuf parsing error in message [1-9]\d*: ./,
  inconsistent: /^pushed metrics are invalid or inconsistent with existing metrics: ./,
};

/** The families, or nothing. Any error but those that are meant for the client passes through. */
function outcomeOf(body: Uint8Array): PushedFamily[] | undefined {
  try {
    return parseProtobuf(body);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (!REFUSALS[error.kind]?.test(error.message)) throw error;
    return undefined;
  }
}

/** What the rest of the gateway relies on. Plain conditions: expectations for each label would take a minute. */
function expectSound(family: PushedFamily): void {
  const isSound = family.name !== "" && family.series.length > 0 &&
    family.series.every(({ labels, sample }) => {
      const names = labels.filter((_, index) => index % 2 === 0);
      if (labels.length % 2 !== 0 || new Set(names).size !== names.length) return false;
      if (typeof sample === "number") return !names.includes("");
      const { points, values, count, sum } = sample;
      return points.length === values.length && new Set(points).size === points.length &&
        count >= 0 && values.every((value) => typeof value === "number") &&
        typeof sum === "number";
    });
  if (!isSound) expect.fail(JSON.stringify(family));
}
