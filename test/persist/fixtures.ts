/** The files in `fixtures/`, which programs of the reference wrote, and a store to put into what is read from them. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { concatBytes } from "../../src/decode/bytes.ts";
import type { StoredFamily } from "../../src/model/family.ts";
import { labelText } from "../../src/model/label.ts";
import type { ReferenceFile } from "../../src/persist/reference-file.ts";
import type { Format } from "../../src/render/format.ts";
import type { Store } from "../../src/store/store.ts";
import { createStore } from "../store/builders.ts";

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
export function load({ groups }: ReferenceFile): Store {
  const { store } = createStore();
  for (const { labels, families } of groups) store.restore(labelText(labels), families);
  store.restored();
  return store;
}

/** What a scrape of a store shows, but for what is the gateway's own. */
export function scrapeStore(store: Store, format: Format): Uint8Array {
  return concatBytes(store.gather(format, { own: [] }).chunks);
}

/** The families of a store by the ids of their groups, each group's sorted by name. */
export function heldBy(store: Store): Record<string, StoredFamily[]> {
  const groups = store.groups().map((group): [string, StoredFamily[]] => [
    group.key.id,
    [...group.families()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  ]);
  return Object.fromEntries(groups);
}
