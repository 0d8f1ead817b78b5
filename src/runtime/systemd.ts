/**
 * The sockets that systemd passes to a service it starts on the first connection.
 * Spec: https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
 */

/** One passed socket. */
export interface PassedSocket {
  /** Its file descriptor. */
  readonly fd: number;
  /** Its `FileDescriptorName=`, by default the name of the socket unit; "unknown" when systemd tells none. */
  readonly name: string;
}

/** Environment variables; undefined is an unset one. */
export type Environment = Record<string, string | undefined>;

const FIRST_FD = 3;
const VARIABLES = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] as const;

/**
 * Takes the sockets that `env` tells of: none when they are meant for another process than `pid`. The variables are unset, so
 * that no child takes them for its own.
 */
export function takePassedSockets(env: Environment, pid: number): readonly PassedSocket[] {
  const [forPid, count, names] = VARIABLES.map((name) => env[name]);
  for (const name of VARIABLES) delete env[name];
  if (forPid !== String(pid) || count === undefined || !/^\d{1,5}$/.test(count)) return [];
  const listed = names?.split(":") ?? [];
  return Array.from({ length: Number(count) }, (_, index) => ({
    fd: FIRST_FD + index,
    name: listed[index] || "unknown",
  }));
}
