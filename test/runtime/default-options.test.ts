import { describe, expect, it } from "vitest";
import { parseFlags } from "../../src/cli/parse-flags.ts";
import { createNullLogger } from "../../src/log/create-logger.ts";
import { createBuildInfo } from "../../src/model/build-info.ts";
import { createSystemClock } from "../../src/runtime/clock.ts";
import { defaultOptions } from "../../src/runtime/default-options.ts";
import { createGatewayOptions } from "../../src/runtime/gateway-options.ts";

/** Settings alone: what comes from the runtime, or differs from object to object, left out. */
function settings(options: object): object {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) =>
      !["build", "clock", "flags", "logger"].includes(name)
    ),
  );
}

describe("defaultOptions", () => {
  it("are those of a command line without flags", () => {
    const build = createBuildInfo({ runtime: "test", platform: "test" });
    const parsed = parseFlags([], "narthex", build);
    if (parsed.kind !== "run") throw new Error(JSON.stringify(parsed));
    const host = { build, clock: createSystemClock(), logger: createNullLogger() };
    expect(settings(defaultOptions())).toEqual(settings(createGatewayOptions(parsed.flags, host)));
  });

  it("say what they run on", () => {
    expect(defaultOptions("workerd").build.runtime).toBe("workerd");
    expect(defaultOptions().build.runtime).toBe("unknown");
  });
});
