/**
 * What is wrong with a command line. It is caught in parse-flags.ts, which makes it the one line that the user sees.
 */

/** A mistake in the command line; the message is the part between `error: ` and `, try --help`. */
export class FlagError extends Error {
  override readonly name: string = "FlagError";
}
