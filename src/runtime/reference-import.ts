/**
 * Coming over from prometheus/pushgateway: its file is read, what is in it goes into a database of ours, and the original is kept
 * beside it. The switch is one rename, so that a crash at any moment leaves either the reference's file or the database in place.
 */
import { copyFileSync, existsSync, linkSync, readFileSync, renameSync } from "node:fs";
import type { Logger } from "../log/logger.ts";
import type { Clock } from "../model/clock.ts";
import { labelText } from "../model/label.ts";
import type { RecordWrite } from "../persist/adapter.ts";
import { GobError } from "../persist/gob-bytes.ts";
import { renderGroup } from "../persist/group-record.ts";
import {
  isReferenceFile,
  readReferenceFile,
  type ReferenceFile,
} from "../persist/reference-file.ts";
import { writeDatabase } from "./file-repair.ts";
import { setLogAside } from "./set-aside.ts";
import type { SqliteModule } from "./sqlite.ts";

/** What is put behind the name of the reference's file, which is kept. */
export const BACKUP_SUFFIX = ".pushgateway-backup";
const IMPORT_SUFFIX = ".import";
/** Enough of a file to know it by. */
const HEAD_BYTES = 1024;

/** What taking a file over needs to know. */
export interface ImportOptions {
  /** Tells what became of it. */
  readonly logger: Logger;
  /** Dates what is set aside. */
  readonly clock: Clock;
}

/**
 * Replaces a file that the reference wrote by a database with all that is in it.
 *
 * @returns `undefined` when it is done, otherwise why the file is none that can be taken over; it is then left alone.
 * @throws Error when the database cannot be written; the reference's file is then where it was.
 */
export function importReference(
  sqlite: SqliteModule,
  file: string,
  { logger, clock }: ImportOptions,
): string | undefined {
  const bytes = readFileSync(file);
  if (!isReferenceFile(bytes.subarray(0, HEAD_BYTES))) {
    return "it is neither a database nor a file of prometheus/pushgateway";
  }
  let content: ReferenceFile;
  try {
    content = readReferenceFile(bytes);
  } catch (error) {
    if (error instanceof GobError) return error.message;
    throw error;
  }
  const database = `${file}${IMPORT_SUFFIX}`;
  writeDatabase(sqlite, database, recordsOf(content));
  const kept = keepBackup(file);
  const log = setLogAside(file, clock);
  if (log !== undefined) {
    logger.warn("the log of another database was left beside the file", { file, kept: log });
  }
  renameSync(database, file);
  report(logger, file, kept, content);
  return undefined;
}

function recordsOf({ groups }: ReferenceFile): RecordWrite[] {
  return groups.flatMap(({ labels, families }) => renderGroup(labelText(labels), families));
}

/** Gives the reference's file a second name, or a copy where the file system has no links. */
function keepBackup(file: string): string {
  let kept = file + BACKUP_SUFFIX;
  for (let attempt = 2; existsSync(kept); attempt++) kept = `${file}${BACKUP_SUFFIX}-${attempt}`;
  try {
    linkSync(file, kept);
  } catch {
    copyFileSync(file, kept);
  }
  return kept;
}

function report(
  logger: Logger,
  file: string,
  kept: string,
  { groups, losses, damage }: ReferenceFile,
): void {
  const families = groups.reduce((count, group) => count + group.families.length, 0);
  logger.info("took over the file of prometheus/pushgateway", {
    file,
    kept,
    groups: groups.length,
    families,
  });
  for (const { group, name, lost, reason } of losses) {
    logger.error("not taken over", { group: labelText(group), name: name ?? "", lost, reason });
  }
  if (damage !== undefined) {
    logger.error(
      "the file of prometheus/pushgateway is damaged: what stands before the damage was taken over",
      {
        file,
        kept,
        reason: damage.message,
      },
    );
  }
}
