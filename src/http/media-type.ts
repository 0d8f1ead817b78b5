/**
 * The Content-Type of a request, read as Go's `mime.ParseMediaType` reads it: the reference goes by it, and what it cannot read
 * counts as absent.
 *
 * Spec: RFC 2045 §5.1, RFC 2231 §3 and §4; https://pkg.go.dev/mime#ParseMediaType
 */

/** A media type and its parameters. */
export interface MediaType {
  /** Type and subtype in lower case. */
  readonly type: string;
  /** The parameters; names in lower case, values as they are. */
  readonly params: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+\\-.0-9A-Z^_`a-z{|}~]+";
const TYPE = new RegExp(`^${TOKEN}(?:/${TOKEN})?$`);
const PARAM = new RegExp(
  `[ \t]*;[ \t]*(${TOKEN})[ \t]*=[ \t]*(?:(${TOKEN})|"((?:\\\\.|[^"\\\\])*)")[ \t]*`,
  "y",
);
/** What a backslash takes its meaning from; before anything else it stands for itself. */
const ESCAPED_SPECIAL = /\\([()<>@,;:\\"/[\]?=])/g;

/** Reads a header; `undefined` when it does not follow the rules. A semicolon at the end is no matter. */
export function parseMediaType(header: string): MediaType | undefined {
  const semicolon = header.indexOf(";");
  const typeEnd = semicolon < 0 ? header.length : semicolon;
  const type = header.slice(0, typeEnd).trim().toLowerCase();
  if (!TYPE.test(type)) return undefined;
  const params = new Map<string, string>();
  let at = typeEnd;
  while (at < header.length && header.slice(at).trim() !== ";") {
    PARAM.lastIndex = at;
    const [all, name = "", token, quoted = ""] = PARAM.exec(header) ?? [];
    if (all === undefined) return undefined;
    const key = name.toLowerCase();
    const value = token ?? quoted.replace(ESCAPED_SPECIAL, "$1");
    if ((params.get(key) ?? value) !== value) return undefined;
    params.set(key, value);
    at += all.length;
  }
  return { type, params: joinExtended(params) };
}

/** Puts `name*`, `name*0`, `name*1*` and so on together to the parameter `name`. */
function joinExtended(params: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const names = [...params.keys()].filter((name) => name.includes("*"));
  if (names.length === 0) return params;
  const joined = new Map([...params].filter(([name]) => !name.includes("*")));
  for (const name of new Set(names.map((each) => each.slice(0, each.indexOf("*"))))) {
    const whole = params.get(`${name}*`);
    const value = whole === undefined ? joinParts(params, name) : decodeExtended(whole);
    if (value !== undefined) joined.set(name, value);
  }
  return joined;
}

function joinParts(params: ReadonlyMap<string, string>, name: string): string | undefined {
  let value: string | undefined;
  for (let part = 0;; part++) {
    const plain = params.get(`${name}*${part}`);
    const encoded = params.get(`${name}*${part}*`);
    if (plain === undefined && encoded === undefined) return value;
    const text = plain ?? (part === 0 ? decodeExtended(encoded ?? "") : unescape(encoded ?? ""));
    value = (value ?? "") + (text ?? "");
  }
}

/** `utf-8'language'text`, the text percent-encoded. */
function decodeExtended(value: string): string | undefined {
  const [charset = "", language, ...text] = value.split("'");
  if (language === undefined || text.length === 0) return undefined;
  return /^(?:us-ascii|utf-8)$/i.test(charset) ? unescape(text.join("'")) : undefined;
}

function unescape(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
