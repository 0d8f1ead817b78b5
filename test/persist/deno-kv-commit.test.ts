/** Limits: whatever is split into commits, Deno takes every one of them. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_VALUE_BYTES, type Mutation, splitCommits } from "../../src/persist/deno-kv-commit.ts";
import { createFakeDatabase } from "../contract/fake-deno-kv.ts";
import { runs } from "../support/runs.ts";
import { openGateway, takeOver, toBatch } from "./deno-kv-support.ts";

/** What a commit may get beside what was split: the check of the owner, and the entry that says what is current. */
const OWNER = { key: ["narthex", "owner"], versionstamp: null };
const STATE = {
  version: 1,
  epoch: 1e9,
  journal: { id: "i".repeat(36), chunks: 1e9, checksum: 2e9 },
};

async function commitAll(commits: readonly (readonly Mutation[])[]): Promise<void> {
  const kv = createFakeDatabase().open();
  for (const mutations of commits) {
    const atomic = kv.atomic().check(OWNER).set(["narthex", "state"], STATE);
    for (const { key, value } of mutations) {
      if (value === undefined) atomic.delete(key);
      else atomic.set(key, value);
    }
    expect(await atomic.commit()).toMatchObject({ ok: true });
  }
}

const arbitraryText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom(0, 1, 7, 200).map((length) => "\0".repeat(length)),
  fc.constantFrom(1, 20, 200).map((length) => "\uffff".repeat(length)),
  fc.constant("💩".repeat(100)),
);
const arbitraryValue = fc.oneof(
  { weight: 5, arbitrary: fc.nat(300) },
  fc.constantFrom(0, 1000, 30_000, MAX_VALUE_BYTES),
).map((length) => new Uint8Array(length));

describe("splitCommits", () => {
  it("keeps to Deno's limits, for any keys and values, and loses nothing", async () => {
    const mutation = fc.record({
      group: arbitraryText,
      name: arbitraryText,
      value: fc.option(arbitraryValue, { nil: undefined, freq: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutation, { minLength: 1, maxLength: 60, size: "max" }),
        fc.nat(40),
        async (drawn, repeats) => {
          const mutations = Array.from(
            { length: drawn.length * (repeats + 1) },
            (_, i): Mutation => {
              const { group, name, value } = drawn[i % drawn.length] as typeof drawn[number];
              return { key: ["narthex", "family", 0, group, name, i], value };
            },
          );
          const commits = splitCommits(mutations);
          await commitAll(commits);
          expect(commits.flat()).toEqual(mutations);
        },
      ),
      { numRuns: runs(25) },
    );
  });

  it.each([
    ["many small ones", 3000, 10, 4],
    ["many deletions", 3000, undefined, 4],
    ["large ones", 100, MAX_VALUE_BYTES, 8],
  ])("fills commits: %s", async (_, count, bytes, most) => {
    const value = bytes === undefined ? undefined : new Uint8Array(bytes);
    const mutations = Array.from({ length: count }, (_, i) => ({ key: ["k", i], value }));
    const commits = splitCommits(mutations);
    await commitAll(commits);
    expect(commits.length).toBeLessThanOrEqual(most);
  });

  it("makes nothing of nothing", () => expect(splitCommits([])).toEqual([]));
});

describe("the adapter", () => {
  it("keeps to the limits with the longest keys and batches that just do not fit", async () => {
    const db = createFakeDatabase();
    const { write, log } = await openGateway(db);
    const texts: Record<string, string> = {};
    for (let i = 0; i < 200; i++) texts[`${"\uffff".repeat(190)}${i}/${"\0".repeat(200)}`] = "1";
    for (let i = 0; i < 980; i++) texts[`g${i}/m`] = "1";
    for (let i = 0; i < 20; i++) texts[`large${i}/m`] = "x".repeat(59_000 + 100 * i);
    await write(texts);
    await write({}, { wipe: true, records: toBatch(texts).records });
    await write({}, {
      clear: [...new Set(Object.keys(texts).map((id) => id.split("/")[0] ?? ""))],
    });
    await write(texts);
    expect(log).toEqual([]);
    expect((await takeOver(db)).loaded).toEqual(texts);
  });
});
