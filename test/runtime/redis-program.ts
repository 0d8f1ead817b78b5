/**
 * A program for the tests of every runtime: opens the store that it is named, says on stderr how many records there are, stores one
 * more and keeps the store until SIGTERM. Arguments: address, milliseconds that the lease lives.
 */
import process from "node:process";
import { createSystemClock } from "../../src/runtime/clock.ts";
import { createSystemReader } from "../../src/runtime/system.ts";

async function main([url = "", leaseMs]: readonly string[]): Promise<void> {
  const say = (msg: string) => void process.stderr.write(`${msg}\n`);
  const logger = { debug: say, info: say, warn: say, error: say };
  // As the gateway does it: only when it is asked for.
  const { openRedis } = await import("../../src/runtime/redis-client.ts");
  const adapter = await openRedis(url, {
    clock: createSystemClock(),
    system: createSystemReader(),
    logger,
    leaseMs: Number(leaseMs),
  });
  let count = 0;
  for await (const piece of adapter.load()) count += piece.length;
  const record = { group: `job="ä💩"`, name: `n${count}`, text: "[1]" };
  await adapter.write({ wipe: false, clear: [], records: [record] });
  await adapter.probe();
  const waiting = setInterval(() => {}, 1000);
  process.once("SIGTERM", async () => {
    clearInterval(waiting);
    await adapter.close();
    say("closed");
  });
  say(`found ${count}`);
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
});
