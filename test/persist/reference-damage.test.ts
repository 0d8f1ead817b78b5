/** Damaged files: whatever was done to them, what is read is sound, and what is thrown is an error of the reader. */

import { afterAll, describe, expect, it } from "vitest";
import { GobError } from "../../src/persist/gob-bytes.ts";
import { readReferenceFile, type ReferenceFile } from "../../src/persist/reference-file.ts";
import { createProtobufFormat } from "../../src/render/protobuf.ts";
import { createTextFormat } from "../../src/render/text.ts";
import { mutate, seededRandom } from "../parse/mutate.ts";
import { runs } from "../support/runs.ts";
import { heldBy, load, readFixture, scrapeStore } from "./fixtures.ts";
import { type Bytes, uint } from "./gob-encode.ts";
import { DEFINITIONS, fileOf } from "./reference-encode.ts";
import { PUSHES } from "./reference-pushes.ts";

const names = Object.keys(PUSHES);
/** The file that is cut everywhere. */
const EVERY_BYTE = "0.4.0";
const seed = 1 + Math.floor(Math.random() * 0x7ffffffe);

/** What is read, or `undefined` when the reader throws its error. Other errors pass through. */
function tryRead(bytes: Uint8Array): ReferenceFile | undefined {
  try {
    return readReferenceFile(bytes);
  } catch (error) {
    if (!(error instanceof GobError)) throw error;
    expect(error.message).toMatch(/^gob: .{1,300} \(at byte \d+\)$/s);
    return undefined;
  }
}

function countFamilies({ groups }: ReferenceFile): number {
  return groups.reduce((count, { families }) => count + families.length, 0);
}

describe.each(names)(`the file of %s cut short, with seed ${seed}`, (name) => {
  const bytes = readFixture(name, "gob");
  const whole = readReferenceFile(bytes);

  it("is never taken for whole, and gives all families before the cut as they were", () => {
    const held = heldBy(load(whole));
    let before = 0;
    for (const length of cutsOf(name, bytes.length)) {
      const read = tryRead(bytes.subarray(0, length));
      const isWhole = read !== undefined && read.damage === undefined;
      expect(isWhole, `${length} bytes`).toBe(false);
      const count = read === undefined ? 0 : countFamilies(read);
      expect(count, `${length} bytes`).toBeGreaterThanOrEqual(before);
      if (read !== undefined && count > before) expectPart(read, held);
      before = count;
    }
    expect(before).toBe(countFamilies(whole));
  });

  it("says so where it is cut", () => {
    const { damage } = readReferenceFile(bytes.subarray(0, bytes.length - 1));
    expect(damage).toBeInstanceOf(GobError);
    expect(damage?.message).toMatch(/^gob: unexpected end of the stream \(at byte \d+\)$/);
    expect(damage?.offset).toBe(bytes.length - 1);
  });
});

/**
 * Where a file is cut: at every byte of one, and of the others, each of which has far more bytes than kinds of them, at places that are
 * drawn by lot. The last byte is always among them: all families come before it.
 */
function cutsOf(name: string, length: number): readonly number[] {
  const all = Array.from({ length: length - 1 }, (_, index) => index + 1);
  const count = runs(600);
  if (name === EVERY_BYTE || count >= length) return all;
  const random = seededRandom(seed);
  const drawn = Array.from({ length: count }, () => Math.ceil(random() * (length - 1)));
  return [...new Set([...drawn, length - 1])].sort((a, b) => a - b);
}

function expectPart(read: ReferenceFile, whole: ReturnType<typeof heldBy>): void {
  for (const [id, families] of Object.entries(heldBy(load(read)))) {
    const names = new Set(families.map(({ name }) => name));
    expect(families).toEqual(whole[id]?.filter((family) => names.has(family.name)));
  }
}

describe(`files damaged at random, with seed ${seed}`, () => {
  let readable = 0;
  afterAll(() => {
    // Should all damage be fatal, nothing of what follows would be tried.
    expect(readable).toBeGreaterThan(runs(80));
  });

  it.each(names)("%s is read or refused, and what is read can be exposed", (name) => {
    const random = seededRandom(seed);
    const bytes = readFixture(name, "gob");
    for (let round = 0; round < runs(100); round++) {
      const read = tryRead(mutate(bytes, random));
      if (read === undefined) continue;
      readable++;
      const store = load(read);
      for (const escaping of ["allow-utf-8", "underscores"] as const) {
        scrapeStore(store, createTextFormat(escaping));
        scrapeStore(store, createProtobufFormat("delimited", escaping));
      }
      for (const { families } of read.groups) {
        for (const { pushedAt } of families) new Date(pushedAt).toISOString();
      }
    }
  });
});

describe("hostile files", () => {
  /** Definitions of a file whose value goes on with bytes of one sort. */
  const filled = (head: Bytes, filling: Bytes, times: number) =>
    fileOf(DEFINITIONS, [...head, ...Array.from({ length: times }, () => filling).flat()]);
  const SIZE = 200_000;

  it.each<[string, Uint8Array]>([
    ["many empty groups", filled(uint(SIZE), [0, 0], SIZE)],
    ["many labels", filled([1, 0, 1, ...uint(SIZE)], [0, 0], SIZE)],
    ["many empty families", filled([1, 0, 1, 1, 0, 0, 1, ...uint(SIZE)], [0, 0], SIZE)],
    ["a count without end", filled([0xf8, ...Array.from({ length: 8 }, () => 0xff)], [0], SIZE)],
    ["nothing but ones", new Uint8Array(SIZE).fill(1)],
    ["nothing but the longest lengths", new Uint8Array(SIZE).fill(0xf8)],
  ])("take no more work than their length: %s", (_, bytes) => {
    const read = tryRead(bytes);
    expect(read === undefined ? 0 : countFamilies(read)).toBe(0);
  });
});
