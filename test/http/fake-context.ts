/**
 * What handlers work with, made of a real store and of parts that remember what was asked of them.
 */

import type { HttpContext, HttpOptions, HttpRequest } from "../../src/http/context.ts";
import { createBuildInfo } from "../../src/model/build-info.ts";
import type { Write } from "../../src/store/change.ts";
import { Store } from "../../src/store/store.ts";
import { createTelemetry } from "../../src/telemetry/telemetry.ts";
import { createMemoryLogger, type Logged } from "../store/builders.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

/** A context and what it saw. */
export interface FakeContext {
  /** The context. */
  readonly context: HttpContext;
  /** Its clock. */
  readonly clock: FakeClock;
  /** What was logged. */
  readonly logged: Logged[];
  /** What was written, before the store had it. */
  readonly writes: Write[];
  /** Requests counted, as `handler method code`. */
  readonly counted: string[];
  /** Pushes observed. */
  readonly pushes: { readonly method: string; readonly seconds: number; readonly bytes: number }[];
  /** Series that were counted as left out. */
  dropped: number;
}

/** Options of a gateway that nobody configured. */
export const DEFAULTS: HttpOptions = {
  telemetryPath: "/metrics",
  routePrefix: "",
  enableLifecycle: false,
  enableAdminApi: false,
  enableOpenMetrics: false,
  checkConsistency: true,
  enableUtf8Names: false,
  maxBodySize: 1000,
  build: createBuildInfo({ runtime: "test 1.2", platform: "test/none" }),
  flags: { "log.level": "info" },
};

/** Makes a context. `parts` replace parts of it. */
export function createFakeContext(
  options: Partial<HttpOptions> = {},
  parts: Partial<HttpContext> = {},
): FakeContext {
  const all = { ...DEFAULTS, ...options };
  const clock = createFakeClock();
  const { logger, logged } = createMemoryLogger();
  const telemetry = createTelemetry({ clock, build: all.build });
  const store = new Store({
    checkConsistency: all.checkConsistency,
    own: telemetry.reserved(),
    logger,
  });
  const writes: Write[] = [];
  const fake: FakeContext = {
    clock,
    logged,
    writes,
    counted: [],
    pushes: [],
    dropped: 0,
    context: {
      options: all,
      store,
      write: (write) => {
        writes.push(write);
        return store.apply(write);
      },
      telemetry: {
        ...telemetry,
        countRequest: (...request) => fake.counted.push(request.join(" ")),
        observePush: (method, seconds, bytes) => fake.pushes.push({ method, seconds, bytes }),
        countDroppedSeries: (series) => {
          fake.dropped += series;
        },
      },
      clock,
      logger,
      gzip: (bytes) => new Uint8Array([...new TextEncoder().encode("gzip:"), ...bytes]),
      isReady: () => true,
      quit: () => {},
      startTime: clock.now(),
      ...parts,
    },
  };
  return fake;
}

/** A request as handlers get it. */
export function requestTo(path: string, init: RequestInit & { source?: string } = {}): HttpRequest {
  const { source = "", ...rest } = init;
  return {
    request: new Request(`http://gateway${path}`, rest),
    path: path.replace(/\?.*/, ""),
    source,
  };
}
