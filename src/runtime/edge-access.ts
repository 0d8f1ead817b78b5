/**
 * Whether a request comes in. On Cloudflare this is decided in the Worker and not in the Durable Object: who is turned away never wakes an object, is not
 * billed for one, cannot make one, and whoever guesses passwords keeps an isolate busy that is not the gateway. Tokens cost next to
 * nothing; a password costs as much CPU as its bcrypt hash wants (70 ms at cost 10), once for each isolate, which Cloudflare's free
 * plan with its 10 ms for a request does not have.
 */

import { isAllowed } from "../auth/accounts.ts";
import { roleFor } from "../http/role.ts";
import { plainResponse } from "./guard.ts";
import type { Destination } from "./tenants.ts";
import type { EdgeSettings } from "./edge-settings.ts";

const CLOSED = "this gateway is closed: say in NARTHEX_WEB_CONFIG who may use it, " +
  "or set NARTHEX_OPEN to true to let everybody do everything";

/** The answer to a request that does not come in; undefined when it may go on to its tenant. */
export async function refuseAccess(
  request: Request,
  { access }: EdgeSettings,
  destination: Destination,
): Promise<Response | undefined> {
  const { tenant, exists, path } = destination;
  if (access.kind === "accounts") {
    const name = await access.authenticate(request.headers.get("Authorization"));
    if (name === undefined) return probeAnswer(request, path) ?? unauthorized(access.challenge);
    const role = roleFor(request.method, path);
    if (!isAllowed(access.accounts, name, role, tenant)) {
      return probeAnswer(request, path) ??
        plainResponse(403, `${name} lacks the role ${role} for tenant ${tenant}`);
    }
  } else if (access.kind === "closed") {
    return probeAnswer(request, path) ?? plainResponse(403, CLOSED);
  }
  return exists ? undefined : plainResponse(404, `there is no tenant ${tenant}`);
}

/**
 * Probes need no credentials. Whoever has none, or no right to look, is answered here: there is nothing that a Worker would have to load before it is
 * ready, and they shall not wake an object.
 */
function probeAnswer({ method }: Request, path: string): Response | undefined {
  if (path !== "/-/healthy" && path !== "/-/ready") return undefined;
  if (method !== "GET" && method !== "HEAD") return undefined;
  return new Response(method === "HEAD" ? null : "OK", {
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}

function unauthorized(challenge: string): Response {
  const response = plainResponse(401, "Unauthorized");
  response.headers.set("www-authenticate", challenge);
  return response;
}
