/**
 * A process of Deno that opens a Deno KV file, says what is in it, writes a few batches and holds the file until it is told to stop,
 * or, with `end`, closes it at once: `deno run … deno-kv-process.ts PATH BATCHES [end]`. Everything it says goes to stderr.
 */

import process from "node:process";
import { openDenoKv } from "../../src/runtime/deno-kv.ts";
import { createSystemClock } from "../../src/runtime/clock.ts";
import { loggerTo } from "../contract/deno-kv-host.ts";

const [path = "", batches = "0", then = ""] = process.argv.slice(2);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

try {
  const surroundings = { clock: createSystemClock(), logger: loggerTo(say) };
  const adapter = await openDenoKv(path === "" ? undefined : path, surroundings);
  process.once("SIGTERM", () => {
    adapter.close().then(() => {
      say("closed");
      process.exit(0);
    });
  });
  let records = 0;
  for await (const piece of adapter.load()) records += piece.length;
  say(`opened ${adapter.description}: ${records} records`);
  for (let i = 0; i < Number(batches); i++) {
    await adapter.write({
      wipe: false,
      clear: [],
      records: [{ group: `g${records + i}`, name: "m", text: "1" }],
    });
  }
  say(`wrote ${batches} batches, size ${adapter.size()}`);
  if (then === "end") await adapter.close();
  // The timers of the clock do not keep a process alive.
  else setInterval(() => {}, 60_000);
} catch (error) {
  say(String(error));
  process.exit(1);
}
