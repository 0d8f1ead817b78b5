/** The black-box suite: every case, by the flags that its gateway runs with. One gateway is started for each set of flags. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningTarget, type Target, targets } from "../servers.ts";
import { describeApiMetrics, describeApiStatus } from "./api.ts";
import { describeBodyErrors } from "./body-errors.ts";
import { describeTextBody } from "./body-text.ts";
import { describeValues } from "./body-values.ts";
import type { Use } from "./cases.ts";
import type { Gateway } from "./client.ts";
import { describeClients } from "./clients.ts";
import { describeConnections } from "./connection.ts";
import { describeEncodings } from "./encodings.ts";
import { describeDefaults, describeEndpoints } from "./endpoints.ts";
import { describeFull, FULL_FLAGS } from "./full.ts";
import { describeLimits, LIMIT } from "./limits.ts";
import { describeLoad } from "./load.ts";
import { describeMalformed } from "./malformed.ts";
import { describeOwnMetrics } from "./own-metrics.ts";
import { describePage } from "./page.ts";
import { describeMoved, MOVED } from "./prefix.ts";
import { describePushPath } from "./push-path.ts";
import { describePushTimes } from "./push-times.ts";
import { describeRefusals } from "./refusals.ts";
import { describeScrape } from "./scrape-format.ts";
import { describeSemantics } from "./semantics.ts";
import { describeUnchecked } from "./unchecked.ts";

/** With it the cases can wipe the gateway, and each finds it empty. */
const ADMIN_API = "--web.enable-admin-api";

/** Describes ways to run the gateway, by their names in {@link targets}: all cases against gateways of each kind. */
export function describeTargets(...names: readonly string[]): void {
  for (const name of names) {
    const target = targets.find((target) => target.name === name);
    if (target === undefined) throw new Error(`there is no way ${name} to run the gateway`);
    describe(name, () => describeCases(target));
  }
}

function describeCases(target: Target): void {
  describeWith(target, "no flags", [], (use) => {
    describeDefaults(use);
    describe("query API", () => describeApiStatus(use));
  });

  describeWith(target, "the admin API", [ADMIN_API], (use) => {
    describe("push path", () => describePushPath(use));
    describe("text body", () => describeTextBody(use));
    describe("values", () => describeValues(use));
    describe("text body errors", () => describeBodyErrors(use));
    describe("encodings", () => describeEncodings(use));
    describe("semantics", () => describeSemantics(use));
    describe("push times", () => describePushTimes(use));
    describe("load", () => describeLoad(use));
    describe("refusals", () => describeRefusals(use));
    describe("scrape", () => describeScrape(use));
    describe("own metrics", () => describeOwnMetrics(use));
    describe("endpoints", () => describeEndpoints(use));
    describe("query API", () => describeApiMetrics(use));
    describe("page", () => describePage(use));
    describe("clients", () => describeClients(use));
    describe("connections", () => describeConnections(use));
    describe("malformed requests", () => describeMalformed(use));
  });

  const limited = [ADMIN_API, `--push.max-body-size=${LIMIT}`];
  describeWith(target, "a limit to the size of bodies", limited, describeLimits);

  describeWith(target, "limits to what is held", [ADMIN_API, ...FULL_FLAGS], describeFull);

  const unchecked = [ADMIN_API, "--push.disable-consistency-check"];
  describeWith(target, "the consistency check disabled", unchecked, describeUnchecked);

  for (const moved of MOVED) {
    const args = [ADMIN_API, ...moved.args];
    describeWith(target, moved.args.join(" "), args, (use) => describeMoved(use, moved));
  }
}

/** Starts one gateway with `args` for all cases of a suite. */
function describeWith(
  target: Target,
  title: string,
  args: readonly string[],
  suite: (use: Use) => void,
): void {
  describe(`with ${title}`, () => {
    let running: (RunningTarget & Gateway) | undefined;
    const use = () => {
      if (running === undefined) throw new Error("the gateway is not running");
      return running;
    };
    beforeAll(async () => {
      running = { ...await target.start({ args }), runtime: runtimeOf(target) };
    });
    afterAll(async () => {
      await running?.stop();
      // All answers have come, so nothing may keep the gateway from stopping at once.
      expect(running?.logs()).not.toContain("requests still in flight were cut");
    });
    suite(use);
    it("has logged no failure of its own", () => {
      const lines = use().logs().split("\n");
      expect(lines.filter((line) => /request failed|internal server error|unhandled/i.test(line)))
        .toEqual([]);
    });
  });
}

function runtimeOf({ name }: Target): Gateway["runtime"] {
  if (name.startsWith("node")) return "node";
  if (name === "deno" || name === "workerd") return name;
  return "bun";
}
