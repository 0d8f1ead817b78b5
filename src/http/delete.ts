/**
 * DELETE on a group. It is answered with 202 whether or not the group exists, and a body is not looked at.
 */

import { GatewayError } from "../model/error.ts";
import type { HttpContext, HttpRequest } from "./context.ts";
import { parseGroupingPath } from "./grouping-path.ts";
import { empty, errorResponse } from "./responses.ts";

/** Handles the deletion of a group. */
export async function handleDelete(
  context: HttpContext,
  { path, source }: HttpRequest,
): Promise<Response> {
  try {
    await context.write({
      kind: "delete",
      key: parseGroupingPath(path, context.options.enableUtf8Names),
    });
    return empty(202);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    context.logger.debug("deletion cannot be done", { source, err: error.message });
    return errorResponse(error);
  }
}
