/** Errors of the file system in one line that says why, in the same words on every runtime. */
import { PersistenceError } from "../persist/adapter.ts";

/** The code that the system gave an error: `ENOENT`; empty when there is none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** What went wrong, without a path. */
export function describeFileError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return REASONS[codeOf(error)] ?? message.split("\n", 1)[0] ?? "";
}

/** An error that tells which file it is about. */
export function toFileError(file: string, error: unknown): PersistenceError {
  if (error instanceof PersistenceError) return error;
  return new PersistenceError("failed", `file ${file}: ${describeFileError(error)}`, error);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "read-only file system",
  ENOSPC: "no space left on device",
  ENOTDIR: "not a directory",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "file name too long",
};
