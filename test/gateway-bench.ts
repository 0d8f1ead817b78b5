/** A whole gateway in memory, for tests that look at it from outside. */

import { expect } from "vitest";
import { createGateway, type Gateway, type GatewayOptions } from "../src/gateway.ts";
import { createBuildInfo } from "../src/model/build-info.ts";
import { createMemoryLogger, type Logged } from "./store/builders.ts";
import { createFakeClock, type FakeClock } from "./support/fake-clock.ts";

const START = 1_000_000;

/** A gateway, its clock and its log. */
export interface Bench {
  /** What is tested. */
  readonly gateway: Gateway;
  /** Its clock. */
  readonly clock: FakeClock;
  /** What it logged. */
  readonly logged: Logged[];
}

/** A gateway with the admin API, on a clock that stands still. */
export function setUp(options: Partial<GatewayOptions> = {}): Bench {
  const { logger, logged } = createMemoryLogger();
  const clock = createFakeClock(START);
  const gateway = createGateway({
    telemetryPath: "/metrics",
    routePrefix: "",
    enableLifecycle: false,
    enableAdminApi: true,
    enableOpenMetrics: false,
    checkConsistency: true,
    enableUtf8Names: false,
    maxBodySize: 1 << 20,
    build: createBuildInfo({ runtime: "test 1", platform: "test/none" }),
    flags: {},
    clock,
    logger,
    ...options,
  });
  return { gateway, clock, logged };
}

/** Sends a request. */
export function send(
  gateway: Gateway,
  method: string,
  path: string,
  body?: string,
): Promise<Response> {
  return gateway.fetch(
    new Request(`http://gateway${path}`, { method, ...(body !== undefined && { body }) }),
  );
}

/** A scrape as text. */
export async function scrape(gateway: Gateway, query = ""): Promise<string> {
  const response = await send(gateway, "GET", `/metrics${query}`);
  expect(response.status).toBe(200);
  return response.text();
}
