/**
 * All groups as a shell script of pushes that curl can replay on any Pushgateway: nobody is locked in. What the text format cannot
 * say (native histograms, exemplars) and when a group was pushed do not go with it.
 */

import { encodeBase64Url } from "../model/base64url.ts";
import type { StoredFamily } from "../model/family.ts";
import { parseLabelText } from "../model/label.ts";
import { isLabelName } from "../model/name.ts";
import { escapeName } from "../model/name-escaping.ts";
import { renderTextHead, renderTextSeries } from "../render/text.ts";
import { isTimeFamily } from "../store/own-families.ts";

/** What the script begins with. */
export const EXPORT_HEAD = `#!/bin/sh
# Pushes groups of metrics to a Pushgateway:
#   PUSHGATEWAY=http://localhost:9091 sh THIS_FILE
# CURL_OPTIONS are given to curl, for example "--user name:password". Ends with 1 when any push failed.
failed=0
push() {
  curl -sS -f -o /dev/null $CURL_OPTIONS -X PUT --data-binary @- "\${PUSHGATEWAY:-http://localhost:9091}$1" || {
    echo "failed: $1" >&2
    failed=1
  }
}
`;

/** What the script ends with. */
export const EXPORT_FOOT = "exit $failed\n";

/** One group of the script. */
export interface ExportedGroup {
  /** The text of the push; empty when the group cannot be pushed. */
  readonly text: string;
  /** What does not go with it, one line each. */
  readonly losses: readonly string[];
}

/** A line that no line of the text format is equal to: a sample has a blank in it, and a comment begins otherwise. */
const END = "END_OF_PUSH";

/**
 * Renders one group.
 *
 * @param id the label text of its key.
 * @param families all its families.
 */
export function exportGroup(id: string, families: readonly StoredFamily[]): ExportedGroup {
  const path = groupingPath(parseLabelText(id));
  if (path === undefined) return { text: "", losses: [`{${id}}: a group without a job`] };
  const pushed = families.filter(({ name }) => !isTimeFamily(name));
  const body = pushed.map((family) =>
    renderTextHead(family, "allow-utf-8") + renderTextSeries(family, "allow-utf-8")
  ).join("");
  if (body.includes("\0")) {
    return { text: "", losses: [`{${id}}: a NUL, which no shell script holds`] };
  }
  const losses = pushed.filter(({ extras }) => extras?.wire.some((wire) => wire !== undefined))
    .map(({ name }) => `{${id}} ${name}: what only protobuf says of it, such as native buckets`);
  return { text: `push '${path}' <<'${END}'\n${body}${END}\n`, losses };
}

/** The path under which a group is pushed, for single quotes; `undefined` when it has no job. */
function groupingPath(labels: readonly string[]): string | undefined {
  let job: string | undefined;
  let rest = "";
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] as string;
    const segments = segmentsOf(name, labels[i + 1] as string);
    if (name === "job") job = segments;
    else rest += segments;
  }
  return job === undefined ? undefined : `/metrics${job}${rest}`;
}

/** A label as two segments of a path; a value that a path does not carry unharmed is in base64. */
function segmentsOf(name: string, value: string): string {
  const written = isLabelName(name) ? name : encode(escapeName(name, "values"));
  const isSafe = value !== "" && !/^\.{1,2}$|[/\\]/.test(value);
  if (isSafe) return `/${written}/${encode(value)}`;
  const bytes = new TextEncoder().encode(value);
  return `/${written}@base64/${value === "" ? "=" : encodeBase64Url(bytes)}`;
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("'", "%27");
}
