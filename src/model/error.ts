/**
 * The one error that the core throws on purpose. It carries a kind, which `http/` turns into a status, and a message in the
 * reference's wording, which goes to the client as it is.
 */

/**
 * - `malformed`: the request cannot be read (path, encoding, syntax); nothing is changed.
 * - `inconsistent`: the request can be read, but what it pushes is refused; the group's failure time is set.
 * - `too-large`: the body passes a limit.
 * - `unsupported`: the body is encoded in a way that the gateway does not know.
 * - `full`: the gateway may not hold more than it does; deleting something helps.
 * - `unavailable`: the gateway cannot do it now; trying again may help.
 */
export type ErrorKind =
  | "malformed"
  | "inconsistent"
  | "too-large"
  | "unsupported"
  | "full"
  | "unavailable";

/** An error whose message may be shown to the client. */
export class GatewayError extends Error {
  /** What went wrong, in the sense that decides the status. */
  readonly kind: ErrorKind;

  /** Makes an error of `kind` that tells the client `message`. */
  constructor(kind: ErrorKind, message: string) {
    super(message);
    this.name = "GatewayError";
    this.kind = kind;
  }
}
