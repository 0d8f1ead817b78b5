/**
 * The path of `--web.external-url`. The flag takes what Go's `url.Parse` takes, which is more than a WHATWG URL: a bare path
 * (`/prom`), no scheme (`//host/prom`), nothing at all; and it is refused with Go's words.
 * Spec: https://pkg.go.dev/net/url#Parse
 */

import { quote } from "../model/quote.ts";
import { FlagError } from "./flag-error.ts";

/**
 * Finds the path in an external URL, as it stands there (not decoded); "" when there is none.
 *
 * @throws FlagError when Go could not parse `text` as a URL
 */
export function parseExternalUrlPath(text: string): string {
  const refuse = (reason: string): never => {
    throw new FlagError(`invalid URL: parse ${quote(text)}: ${reason}`);
  };
  if (/\p{Cc}/u.test(text)) refuse("net/url: invalid control character in URL");
  const withoutSuffix = text.replace(/[?#].*$/, "");
  if (withoutSuffix.startsWith(":")) refuse("missing protocol scheme");
  const [schemePart, scheme] = /^([a-zA-Z][a-zA-Z\d+.-]*):/.exec(withoutSuffix) ?? ["", ""];
  const rest = withoutSuffix.slice(schemePart.length);
  // `host:80/x` is scheme and opaque text to Go: no path.
  if (scheme !== "" && !rest.startsWith("/")) return "";
  if (scheme === "" && /^[^/]*:/.test(rest)) {
    refuse("first path segment in URL cannot contain colon");
  }
  const [authorityPart, authority] = /^\/\/([^/]*)/.exec(rest) ?? ["", ""];
  const path = rest.slice(authorityPart.length);
  const trouble = findHostTrouble(authority) ?? findEscapeTrouble(path);
  return trouble === undefined ? path : refuse(trouble);
}

function findHostTrouble(authority: string | undefined = ""): string | undefined {
  const at = authority.lastIndexOf("@");
  if (!/^[\w.~!$&'()*+,;=:@%-]*$/.test(authority.slice(0, Math.max(at, 0)))) {
    return "net/url: invalid userinfo";
  }
  const host = authority.slice(at + 1);
  const isBracketed = host.startsWith("[");
  if (isBracketed && !host.includes("]")) return "missing ']' in host";
  const [port = ""] = (isBracketed ? /[^\]]*$/ : /:[^:]*$/).exec(host) ?? [];
  if (!/^(:\d*)?$/.test(port)) return `invalid port ${quote(port)} after host`;
  const name = host.slice(0, host.length - port.length);
  const stray = /[ \\^`{|}]/.exec(name)?.[0];
  if (stray !== undefined) return `invalid character ${quote(stray)} in host name`;
  return findEscapeTrouble(name);
}

function findEscapeTrouble(text: string): string | undefined {
  const broken = /%(?![\da-fA-F]{2}).{0,2}/s.exec(text)?.[0];
  return broken === undefined ? undefined : `invalid URL escape ${quote(broken)}`;
}
