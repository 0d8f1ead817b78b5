/**
 * The query API under `/api/v1`, open to scripts of any origin.
 */

import { parseLabelText } from "../model/label.ts";
import { jsonLabels, renderJsonFamily } from "../render/json.ts";
import { PUSH_FAILURE_TIME, PUSH_TIME, timeOf } from "../store/own-families.ts";
import type { Group } from "../store/group.ts";
import type { Handler } from "./context.ts";
import { empty, json } from "./responses.ts";

const CORS: Readonly<Record<string, string>> = {
  "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, Origin",
  "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": "Date",
  "Cache-Control": "no-cache, no-store, must-revalidate",
};

/** What a browser asks before a request from another origin. */
export const handleApiOptions: Handler = () => empty(200, CORS);

/** Build, flags and start time. */
export const handleApiStatus: Handler = ({ options, startTime }) => {
  const { version, revision, branch, buildDate, runtime, platform } = options.build;
  return json({
    status: "success",
    data: {
      build_information: { branch, buildDate, platform, revision, runtime, version },
      flags: options.flags,
      start_time: new Date(startTime).toISOString(),
    },
  }, CORS);
};

/** All groups with their families. */
export const handleApiMetrics: Handler = ({ store }) =>
  json({ status: "success", data: store.groups().map(renderGroup) }, CORS);

function renderGroup(group: Group): unknown {
  const entries: [string, unknown][] = [];
  for (const family of group.families()) entries.push([family.name, renderJsonFamily(family)]);
  // Behind the families, so that none of them can pass for what is said of the group.
  entries.push(
    ["labels", jsonLabels(parseLabelText(group.key.id))],
    ["last_push_successful", timeOf(group, PUSH_TIME) > timeOf(group, PUSH_FAILURE_TIME)],
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
