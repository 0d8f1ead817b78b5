/**
 * The web page under `/` and `/status`.
 */

import { isTimeFamily, PUSH_FAILURE_TIME, PUSH_TIME, timeOf } from "../store/own-families.ts";
import type { Group } from "../store/group.ts";
import { type PageGroup, renderPage } from "../ui/page.ts";
import type { Handler } from "./context.ts";

/** Handles a request for the page. */
export const handlePage: Handler = ({ options, store }) => {
  const page = renderPage({
    groups: store.groups().map(describeGroup),
    build: { ...options.build },
    flags: options.flags,
    // Relative to `/` and to `/status` alike, so that it also leads there behind a proxy that takes a prefix away.
    metricsPath: `.${options.telemetryPath}`,
  });
  return new Response(page, { headers: { "Content-Type": "text/html; charset=utf-8" } });
};

function describeGroup(group: Group): PageGroup {
  const families = group.families().filter((family) => !isTimeFamily(family.name));
  return {
    labels: group.key.id,
    pushTime: timeOf(group, PUSH_TIME),
    failureTime: timeOf(group, PUSH_FAILURE_TIME),
    families: families.length,
    series: families.reduce((series, family) => series + family.labels.length, 0),
  };
}
