import { describe, expect, it } from "vitest";
import { isScalar } from "../../src/model/family.ts";
import { type CarriedCounts, carryOn } from "../../src/telemetry/carried.ts";
import { createTelemetry, type Telemetry } from "../../src/telemetry/telemetry.ts";
import { createFakeClock } from "../support/fake-clock.ts";

const build = {
  version: "1",
  revision: "",
  branch: "",
  buildDate: "",
  runtime: "",
  platform: "",
  tags: "",
};

/** A life that goes on from `before`, as JSON would hand it over. */
function live(before: CarriedCounts = {}) {
  const telemetry = createTelemetry({
    clock: createFakeClock(),
    build,
    storage: { groups: () => 0, size: () => undefined },
  });
  return carryOn(telemetry, JSON.parse(JSON.stringify(before)));
}

/** The series of a family: numbers, or counts and sums. */
function series(telemetry: Telemetry, name: string): Record<string, unknown> {
  const family = telemetry.collect().find((each) => each.name === name);
  if (family === undefined) return {};
  return Object.fromEntries(family.labels.map((labels, i) => {
    if (isScalar(family)) return [labels, family.samples[i]];
    const { count, sum, values } = family.samples[i] as (typeof family.samples)[number];
    return [labels, { count, sum, values }];
  }));
}

const REQUESTS = "pushgateway_http_requests_total";
const SIZES = "pushgateway_http_push_size_bytes";
const PUSHED = 'code="200",handler="push",method="put"';
const DELETED = 'code="202",handler="delete",method="delete"';

describe("carryOn", () => {
  it("changes nothing in a first life", () => {
    const telemetry = live();
    expect(telemetry.collect().map(({ name }) => name)).not.toContain(REQUESTS);
    telemetry.countRequest("push", "PUT", 200);
    expect(series(telemetry, REQUESTS)).toEqual({ [PUSHED]: 1 });
  });

  it("goes on counting, life after life", () => {
    const first = live();
    first.countRequest("push", "PUT", 200);
    first.countRequest("push", "PUT", 200);
    const second = live(first.counts());
    expect(series(second, REQUESTS)).toEqual({ [PUSHED]: 2 });
    second.countRequest("push", "PUT", 200);
    second.countRequest("delete", "DELETE", 202);
    expect(series(second, REQUESTS)).toEqual({ [PUSHED]: 3, [DELETED]: 1 });
    const third = live(second.counts());
    third.persistence?.failed();
    expect(series(third, REQUESTS)).toEqual({ [PUSHED]: 3, [DELETED]: 1 });
    expect(series(live(third.counts()), "pushgateway_persistence_errors_total")).toEqual({ "": 1 });
  });

  it("goes on with counts and sums of summaries, not with quantiles", () => {
    const first = live();
    first.observePush("put", 0.5, 100);
    first.observePush("put", 0.5, 100);
    const second = live(first.counts());
    const forgotten = [NaN, NaN, NaN];
    const put = 'method="put"';
    expect(series(second, SIZES)).toEqual({ [put]: { count: 2, sum: 200, values: forgotten } });
    second.observePush("put", 0.5, 50);
    second.observePush("post", 0.5, 7);
    expect(series(second, SIZES)).toEqual({
      'method="post"': { count: 1, sum: 7, values: [7, 7, 7] },
      [put]: { count: 3, sum: 250, values: [50, 50, 50] },
    });
  });

  it("keeps families sorted, series too", () => {
    const first = live();
    first.observePush("put", 1, 1);
    first.countRequest("push", "PUT", 200);
    const second = live(first.counts());
    second.observePush("post", 1, 1);
    second.countRequest("delete", "DELETE", 202);
    const families = second.collect();
    const names = families.map(({ name }) => name);
    expect(names).toEqual(names.toSorted());
    for (const { labels } of families) expect(labels).toEqual(labels.toSorted());
  });

  it("passes over what another version counted otherwise", () => {
    const telemetry = live({
      unknown_total: { "": 5 },
      pushgateway_build_info: { "": 5 },
      [REQUESTS]: { [PUSHED]: { count: 1, sum: 1, points: [] }, [DELETED]: 4 },
      [SIZES]: { 'method="put"': 5 },
      pushgateway_persistence_groups: { "": 5 },
    });
    expect(series(telemetry, REQUESTS)).toEqual({ [DELETED]: 4 });
    expect(series(telemetry, "pushgateway_persistence_groups")).toEqual({ "": 0 });
    expect(Object.values(series(telemetry, "pushgateway_build_info"))).toEqual([1]);
    expect(series(telemetry, SIZES)).toEqual({});
    expect(telemetry.collect().map(({ name }) => name)).not.toContain("unknown_total");
  });

  it("carries nothing that the system counts", () => {
    const counts = live().counts();
    expect(Object.keys(counts).filter((name) => !name.startsWith("pushgateway_"))).toEqual([]);
  });
});
