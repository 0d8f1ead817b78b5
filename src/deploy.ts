/**
 * The entry for Deno Deploy, which has neither a command line nor a disk: settings come from the environment, what is pushed goes
 * into Deno KV.
 */
import { serveDeploy } from "./runtime/deno-deploy.ts";

serveDeploy();
