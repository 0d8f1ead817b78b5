/** A gateway that may hold three groups and twelve series. */

import { expect, it } from "vitest";
import { ERROR_HEADERS, type Use } from "./cases.ts";
import { post, put, remove, send } from "./client.ts";
import { held, sample, wipe } from "./held.ts";

/** The limits, as flags. */
export const FULL_FLAGS: readonly string[] = ["--store.max-groups=3", "--store.max-series=12"];

const GROUPS = "the gateway would hold more than 3 groups, the limit set by --store.max-groups; " +
  "nothing is changed\n";
const SERIES = "the gateway would hold more than 12 series, the limit set by --store.max-series; " +
  "nothing is changed\n";

/** Describes what is refused and what is not. */
export function describeFull(use: Use): void {
  it("refuses one group more, and has room again once one is deleted", async () => {
    await wipe(use());
    for (const job of [1, 2, 3]) {
      expect((await send(use(), put(`/metrics/job/${job}`, "m 1\n"))).status).toBe(200);
    }
    const before = await held(use());
    const refused = await send(use(), put("/metrics/job/4", "m 1\n"));
    expect(refused).toMatchObject({ status: 507, text: GROUPS, headers: ERROR_HEADERS });
    expect(await held(use())).toEqual(before);
    expect((await send(use(), put("/metrics/job/3", "m 2\n"))).status).toBe(200);
    expect((await send(use(), remove("/metrics/job/1"))).status).toBe(202);
    expect((await send(use(), put("/metrics/job/4", "m 1\n"))).status).toBe(200);
    const counted = 'pushgateway_http_requests_total{code="507",handler="push",method="put"}';
    expect(await sample(use(), counted)).toBe(1);
  });

  it("refuses series beyond the limit, the times of the groups among them", async () => {
    await wipe(use());
    const series = (count: number) =>
      Array.from({ length: count }, (_, i) => `m{n="${i}"} 1\n`).join("");
    expect((await send(use(), put("/metrics/job/a", series(10)))).status).toBe(200);
    const refused = await send(use(), post("/metrics/job/a", "other 1\n"));
    expect(refused).toMatchObject({ status: 507, text: SERIES });
    expect(await send(use(), put("/metrics/job/a", series(11)))).toMatchObject({ status: 507 });
    expect((await send(use(), post("/metrics/job/a", 'm{n="x"} 1\n'))).status).toBe(200);
    expect((await send(use(), put("/metrics/job/a", series(10)))).status).toBe(200);
  });
}
