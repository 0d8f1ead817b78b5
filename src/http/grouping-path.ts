/**
 * From the path of a push to its grouping key: `/metrics/job/<JOB>{/<LABEL>/<VALUE>}`, with `@base64` behind a label name for
 * values that a path cannot carry. Error texts are the reference's.
 *
 * Stricter than the reference where its leniency loses data: an encoded slash stays part of its segment, an empty segment or a
 * dot segment is an error instead of a redirect to another group, and values must be UTF-8.
 */

import { decodeBase64Url } from "../model/base64url.ts";
import { GatewayError } from "../model/error.ts";
import { createGroupKey, type PushKey } from "../model/group-key.ts";
import { sortLabels } from "../model/label.ts";
import { isLabelName, RESERVED_LABEL_PREFIX } from "../model/name.ts";
import { unescapeName } from "../model/name-escaping.ts";
import { quote } from "../model/quote.ts";

const BASE64_SUFFIX = "@base64";
/** What a path must have somewhere for {@link checkPreserved} to refuse a segment; nearly none has. */
const FOLDED_SOMEWHERE = /\/[.%]|\\/;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a grouping key.
 *
 * @param path the undecoded path behind the route prefix, `/metrics/job/some_job/instance/some_instance`.
 * @param utf8Names whether label names may be any UTF-8. Names that begin with `U__` are then read in the form of `values`.
 * @throws GatewayError (malformed).
 */
export function parseGroupingPath(path: string, utf8Names = false): PushKey {
  const parts = path.split("/");
  if (FOLDED_SOMEWHERE.test(path)) parts.forEach(checkPreserved);
  const jobSegment = parts[2] ?? "";
  const empty = parts.indexOf("", JOB_AT);
  if (empty >= 0 && empty < parts.length - 1) {
    throw malformed("empty segment in the path; write an empty value as LABEL@base64/=");
  }
  if (path.includes("%")) decodeSegments(parts);
  const job = parts[JOB_AT] ?? "";
  // The reference looks at the job's encoding first, then at the other labels, then whether there is a job.
  const jobValue = decodeSegment(jobSegment).endsWith(BASE64_SUFFIX) ? decodeJob(job) : job;
  const labels = readLabels(parts, utf8Names);
  if (jobValue === "") throw malformed("job name is required");
  labels.push("job", jobValue);
  return createGroupKey(withoutRepeats(sortLabels(labels)));
}

/** Where among the segments of a path the value of the job is. */
const JOB_AT = 3;

/** Decodes the segments from the value of the job on. */
function decodeSegments(parts: string[]): void {
  for (let i = JOB_AT; i < parts.length; i++) parts[i] = decodeSegment(parts[i] as string);
}

/** Of labels of the same name, which stand side by side, the last one counts. */
function withoutRepeats(sorted: readonly string[]): readonly string[] {
  const isRepeated = (_: string, i: number): boolean => {
    const name = i - i % 2;
    return sorted[name] === sorted[name + 2];
  };
  for (let i = 2; i < sorted.length; i += 2) {
    if (sorted[i - 2] === sorted[i]) return sorted.filter((text, at) => !isRepeated(text, at));
  }
  return sorted;
}

/** The labels behind the job, flat: pairs of segments, where a lone empty segment stems from a slash at the end. */
function readLabels(parts: readonly string[], utf8Names: boolean): string[] {
  const labels: string[] = [];
  const first = JOB_AT + 1;
  if (parts.length <= first || (parts.length === first + 1 && parts[first] === "")) return labels;
  if ((parts.length - first) % 2 !== 0) {
    const text = `/${parts.slice(first).join("/")}`;
    throw malformed(`odd number of components in label string ${quote(text)}`);
  }
  for (let i = first; i < parts.length; i += 2) {
    const segment = parts[i] as string;
    const value = parts[i + 1] as string;
    const encoded = segment.endsWith(BASE64_SUFFIX);
    const written = encoded ? segment.slice(0, -BASE64_SUFFIX.length) : segment;
    const name = utf8Names ? unescapeName(written) : written;
    const isValid = utf8Names ? name !== "" : isLabelName(name);
    if (!isValid || name.startsWith(RESERVED_LABEL_PREFIX)) {
      throw malformed(`improper label name ${quote(written)}`);
    }
    labels.push(name, encoded ? decodeValue(name, value) : value);
  }
  return labels;
}

/**
 * Refuses segments that others on the way fold away, the router among them, so that the key would be another one. This holds for
 * those in front of the job too.
 */
function checkPreserved(segment: string): void {
  if (/^(?:\.|%2e){1,2}$/i.test(segment) || segment.includes("\\")) {
    const hint = "write it in base64 as LABEL@base64/VALUE";
    throw malformed(`path segment ${quote(segment)} is not preserved in URLs; ${hint}`);
  }
}

function decodeSegment(segment: string): string {
  if (!segment.includes("%")) return segment;
  const invalid = /%(?![0-9a-f]{2}).{0,2}/i.exec(segment);
  if (invalid) throw malformed(`invalid URL escape ${quote(invalid[0])}`);
  try {
    return decodeURIComponent(segment);
  } catch {
    throw malformed(`path segment ${quote(segment)} is not valid UTF-8`);
  }
}

function decodeJob(value: string): string {
  const result = decodeBase64Url(value);
  if (result.ok) return decodeText("job name", result.bytes);
  const decoded = new TextDecoder().decode(result.decoded);
  throw malformed(
    `invalid base64 encoding in job name ${quote(decoded)}: ${illegalData(result.errorAt)}`,
  );
}

function decodeValue(name: string, value: string): string {
  const result = decodeBase64Url(value);
  if (result.ok) return decodeText(`value of label ${name}`, result.bytes);
  throw malformed(
    `invalid base64 encoding for label ${name}=${quote(value)}: ${illegalData(result.errorAt)}`,
  );
}

function decodeText(what: string, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed(`${what} is not valid UTF-8`);
  }
}

function illegalData(at: number): string {
  return `illegal base64 data at input byte ${at}`;
}

function malformed(message: string): GatewayError {
  return new GatewayError("malformed", message);
}
