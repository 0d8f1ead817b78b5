/** The files in `fixtures/`, which programs of the reference wrote, and a store to put into what is read from them. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { StoredFamily } from "../../src/model/family.ts";
import { createGroupKey } from "../../src/model/group-key.ts";
import type { ReferenceFile } from "../../src/persist/reference-file.ts";
import type { Format } from "../../src/render/format.ts";
import { gatherScrape } from "../../src/store/gather.ts";
import { StoreState } from "../../src/store/state.ts";
import { concatBytes } from "../../src/decode/bytes.ts";

/** One of the fixtures. `gob` is the file, the others are what was exposed when it was written. */
export function readFixture(name: string, kind: "gob" | "txt" | "pb"): Uint8Array {
  return new Uint8Array(readFileSync(pathOf(name, kind)));
}

/** Whether the reference let itself be scraped. */
export function hasScrape(name: string): boolean {
  return existsSync(pathOf(name, "txt"));
}

function pathOf(name: string, kind: string): string {
  return fileURLToPath(new URL(`fixtures/${name}.${kind}`, import.meta.url));
}

/** Puts what was read into a store. */
export function load({ groups }: ReferenceFile): StoreState {
  const state = new StoreState();
  for (const { labels, families } of groups) {
    const key = state.keyOf(createGroupKey(labels));
    state.redo(key, families.map((after) => ({ name: after.name, before: undefined, after })));
  }
  return state;
}

/** What a scrape of a store shows, but for what is the gateway's own. */
export function scrapeState(state: StoreState, format: Format): Uint8Array {
  return concatBytes(gatherScrape(state, new Map(), format, { own: [] }).chunks);
}

/** The families of a store by the ids of their groups, each group's sorted by name. */
export function heldBy(state: StoreState): Record<string, StoredFamily[]> {
  const groups = [...state.groups.values()].map(({ key, slots }): [string, StoredFamily[]] => [
    key.id,
    [...slots.values()].map(({ family }) => family).sort((a, b) => (a.name < b.name ? -1 : 1)),
  ]);
  return Object.fromEntries(groups);
}
