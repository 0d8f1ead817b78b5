/**
 * The Cloudflare Workers entry: bind a Durable Object namespace as `NARTHEX` to the class `NarthexDurableObject`.
 */
import { fetchFromGateway, type WorkerEnv } from "./runtime/workers.ts";

export { NarthexDurableObject } from "./runtime/gateway-object.ts";

const worker: { fetch(request: Request, env: WorkerEnv): Promise<Response> } = {
  fetch: fetchFromGateway,
};

export default worker;
