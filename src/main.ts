/**
 * The command line, from source and as the entry of every bundle: Bun (and the compiled binary), Deno and Node.
 */
import { main } from "./runtime/run.ts";

main();
