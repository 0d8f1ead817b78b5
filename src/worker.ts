/**
 * The Cloudflare Workers entry: bind a Durable Object namespace as `NARTHEX` to the class `NarthexDurableObject`.
 */
import {
  createGatewayObjectClass,
  fetchFromGateway,
  type GatewayObjectClass,
  type WorkerEnv,
  workerOptions,
} from "./runtime/workers.ts";

/** The class of the one Durable Object that holds all groups. */
export const NarthexDurableObject: GatewayObjectClass = createGatewayObjectClass(workerOptions);

const worker: { fetch(request: Request, env: WorkerEnv): Promise<Response> } = {
  fetch: fetchFromGateway,
};

export default worker;
