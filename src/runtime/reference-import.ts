/** Soon. */
import type { Logger } from "../log/logger.ts";
import type { SqliteModule } from "./sqlite.ts";
export function importReference(_s: SqliteModule, _f: string, _o: unknown): string | undefined {
  return undefined;
}
export function keepReference(_f: string, _i: string, _l: Logger): void {}
