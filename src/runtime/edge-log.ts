/**
 * The log of a platform that collects what goes to the console.
 */
import { createLogger } from "../log/create-logger.ts";
import type { Logger } from "../log/logger.ts";
import type { Clock } from "../model/clock.ts";
import { createSystemClock } from "./clock.ts";
import {
  type EdgeSettings,
  type EdgeVariables,
  type Platform,
  readEdgeSettings,
  SettingError,
} from "./edge-settings.ts";

const clock: Clock = createSystemClock();
const OPEN = { variable: "NARTHEX_OPEN" };

/** Makes the logger that the flags ask for. */
export function createEdgeLogger({ flags }: Pick<EdgeSettings, "flags">): Logger {
  return createLogger({
    format: flags.logFormat,
    level: flags.logLevel,
    clock,
    // deno-lint-ignore no-console -- the only log that there is
    write: (line) => console.log(line),
  });
}

/** Understands the variables as {@link readEdgeSettings} does, and logs what is wrong or dangerous about them. */
export function readSettingsAloud(
  env: EdgeVariables,
  platform: Platform,
): EdgeSettings | SettingError {
  try {
    const settings = readEdgeSettings(env, platform);
    if (settings.access.kind === "open") {
      createEdgeLogger(settings).warn("anyone who can reach the gateway can use it", OPEN);
    }
    return settings;
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    const { variable, message } = error;
    createEdgeLogger(readEdgeSettings({}, platform))
      .error("nothing is answered until this is mended", { variable, err: message });
    return error;
  }
}
