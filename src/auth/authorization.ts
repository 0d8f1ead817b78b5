/**
 * The Authorization header. Specs: RFC 7617 (Basic; user and password are UTF-8), RFC 6750 §2.1 (Bearer).
 */

/** What a client says to be let in. */
export type Credentials =
  | { readonly kind: "basic"; readonly user: string; readonly password: string }
  | { readonly kind: "bearer"; readonly token: string };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads the header; undefined when there is none, or it says nothing that could let anybody in. */
export function parseAuthorization(header: string | null): Credentials | undefined {
  const [, scheme = "", rest = ""] = /^([A-Za-z]+) +(\S+) *$/.exec(header ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") return { kind: "bearer", token: rest };
  return scheme.toLowerCase() === "basic" ? parseBasic(rest) : undefined;
}

function parseBasic(encoded: string): Credentials | undefined {
  let text: string;
  try {
    text = decoder.decode(Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  return { kind: "basic", user: text.slice(0, colon), password: text.slice(colon + 1) };
}
