/**
 * `narthex export`: what is stored as a script of pushes. A file is read while a gateway may be using it, also one that the reference
 * wrote; any other store must be free.
 */
import { readFileSync } from "node:fs";
import type { Logger } from "../log/logger.ts";
import type { StoredFamily } from "../model/family.ts";
import { labelText } from "../model/label.ts";
import type { Clock } from "../model/clock.ts";
import { EXPORT_FOOT, EXPORT_HEAD, exportGroup } from "../persist/export-script.ts";
import { PersistenceError, type StoredRecord } from "../persist/adapter.ts";
import { latestOf, readRecord } from "../persist/group-record.ts";
import { isReferenceFile, readReferenceFile } from "../persist/reference-file.ts";
import { readRecords } from "../persist/sql-rows.ts";
import { assertOurs } from "../persist/sql-schema.ts";
import { openStorageUrl } from "./persistence.ts";
import { loadSqlite, openToRead } from "./sqlite.ts";

/** Families by the label text of their group. */
type Groups = Map<string, StoredFamily[]>;

/** Where an export goes. */
export interface ExportOutput {
  /** Takes a piece of the script; resolves when it may have the next one. */
  readonly write: (text: string) => Promise<void>;
  /** Takes what cannot be exported, one line. */
  readonly warn: (line: string) => void;
}

/** What a store needs to be opened. */
export interface ExportHost {
  /** Time and timers. */
  readonly clock: Clock;
  /** What happens on opening a store. */
  readonly logger: Logger;
}

/**
 * Writes the script.
 *
 * @param source where the groups are; one of both is empty.
 * @throws PersistenceError when the store cannot be read.
 */
export async function exportStored(
  source: { readonly file: string; readonly url: string },
  output: ExportOutput,
  host: ExportHost,
): Promise<void> {
  const groups = source.file === ""
    ? await readUrl(source.url, output, host)
    : await readFile(source.file, output);
  await output.write(EXPORT_HEAD);
  for (const [id, families] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const sorted = latestOf(families).sort((a, b) => (a.name < b.name ? -1 : 1));
    const { text, losses } = exportGroup(id, sorted);
    losses.forEach((loss) => output.warn(`not exported: ${loss}`));
    if (text !== "") await output.write(text);
  }
  await output.write(EXPORT_FOOT);
}

async function readFile(file: string, output: ExportOutput): Promise<Groups> {
  const reference = readIfReference(file);
  if (reference !== undefined) return reference;
  const driver = openToRead(await loadSqlite(), file);
  const groups: Groups = new Map();
  try {
    // All that is read is of one moment: a group that moved from one table to the other meanwhile would be missed.
    driver.run("BEGIN");
    assertOurs(driver);
    const onDamaged = (group: string, name: string) => output.warn(`damaged: {${group}} ${name}`);
    for (const record of readRecords(driver, onDamaged)) add(groups, record, output);
  } catch (error) {
    throw error instanceof PersistenceError ? error : driver.explain(error);
  } finally {
    driver.close();
  }
  return groups;
}

function readIfReference(file: string): Groups | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new PersistenceError("failed", `file ${file}: cannot be read`);
  }
  if (!isReferenceFile(bytes)) return undefined;
  return new Map(
    readReferenceFile(bytes).groups.map((
      { labels, families },
    ) => [labelText(labels), [...families]]),
  );
}

async function readUrl(url: string, output: ExportOutput, host: ExportHost): Promise<Groups> {
  const adapter = await openStorageUrl(url, host);
  const groups: Groups = new Map();
  try {
    for await (const piece of adapter.load()) {
      for (const record of piece) add(groups, record, output);
    }
  } finally {
    await adapter.close();
  }
  return groups;
}

function add(groups: Groups, record: StoredRecord, output: ExportOutput): void {
  const { group } = record;
  const families = groups.get(group) ?? [];
  for (const each of readRecord(record)) {
    if (each.family !== undefined) families.push(each.family);
    else output.warn(`unreadable: {${group}} ${each.name}: ${each.reason}`);
  }
  if (families.length > 0) groups.set(group, families);
}
