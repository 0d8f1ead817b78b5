/**
 * The endpoints for operators and orchestrators: health, readiness, quit, wipe.
 */

import type { Handler } from "./context.ts";
import { empty, errorText, text } from "./responses.ts";

/** Whether the gateway is alive. */
export const handleHealthy: Handler = () => text("OK");

/** Whether everything that was stored is loaded. */
export const handleReady: Handler = ({ isReady }) =>
  isReady() ? text("OK") : errorText("stored metrics are still being loaded", 503);

/** Stops the gateway, where that is allowed. */
export const handleQuit: Handler = ({ options, quit }) => {
  if (!options.enableLifecycle) return text("Lifecycle API is not enabled.", 403);
  quit();
  return text("Requesting termination... Goodbye!");
};

/** What a browser is told that opens the address of the former. */
export const handleQuitHint: Handler = () => text("Only POST or PUT requests allowed.", 405);

/** Deletes all groups. */
export const handleWipe: Handler = async ({ logger, write }, { source }) => {
  await write({ kind: "wipe" });
  logger.info("all groups deleted", { source });
  return empty(202);
};
