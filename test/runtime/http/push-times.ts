/** The two gauges that each group carries: when a push last succeeded and when one last failed. */

import { expect, it } from "vitest";
import { GROUP, LABELS, succeed, type Use } from "./cases.ts";
import { post, put, send } from "./client.ts";
import { held, sample, scrape, wipe } from "./held.ts";

const PUSH_TIME = `push_time_seconds{${LABELS}}`;
const FAILURE_TIME = `push_failure_time_seconds{${LABELS}}`;
const TIMESTAMPED = "m 1 1234567890\n";

/** The suite. */
export function describePushTimes(use: Use): void {
  const times = async (): Promise<
    readonly [pushed: number | undefined, failed: number | undefined]
  > => [
    await sample(use(), PUSH_TIME),
    await sample(use(), FAILURE_TIME),
  ];

  it("are exposed with help and as gauges", async () => {
    await wipe(use());
    await succeed(use(), put("/metrics/job/a/b/1", "m 1\n"));
    const { text } = await scrape(use());
    expect(text).toContain(
      "# HELP push_failure_time_seconds " +
        "Last Unix time when changing this group in the Pushgateway failed.\n" +
        "# TYPE push_failure_time_seconds gauge\n" +
        'push_failure_time_seconds{b="1",instance="",job="a"} 0\n' +
        "# HELP push_time_seconds " +
        "Last Unix time when changing this group in the Pushgateway succeeded.\n" +
        "# TYPE push_time_seconds gauge\n" +
        'push_time_seconds{b="1",instance="",job="a"} 1.',
    );
  });

  it.each(["PUT", "POST"])("%s sets the push time", async (method) => {
    await wipe(use());
    const before = Date.now() / 1000;
    for (const body of ["m 1\n", ""]) {
      await succeed(use(), { method, path: GROUP, body });
      const [pushed = 0, failed] = await times();
      expect(pushed).toBeGreaterThanOrEqual(before - 0.001);
      expect(pushed).toBeLessThanOrEqual(Date.now() / 1000 + 0.001);
      expect(failed).toBe(0);
    }
  });

  it("a refused push makes a group that never was pushed", async () => {
    await wipe(use());
    const before = Date.now() / 1000;
    expect((await send(use(), put(GROUP, TIMESTAMPED))).status).toBe(400);
    const [pushed, failed = 0] = await times();
    expect(pushed).toBe(0);
    expect(failed).toBeGreaterThanOrEqual(before - 0.001);
    expect((await held(use())).text).toBe("");
  });

  it("a refused push leaves the push time alone, an accepted one the failure time", async () => {
    await wipe(use());
    await succeed(use(), put(GROUP, "m 1\n"));
    const [firstPush] = await times();
    await send(use(), post(GROUP, TIMESTAMPED));
    const [pushed, firstFailure = 0] = await times();
    expect(pushed).toBe(firstPush);
    expect(firstFailure).toBeGreaterThan(0);
    await succeed(use(), post(GROUP));
    const [, failed] = await times();
    expect(failed).toBe(firstFailure);
  });

  it("a push that cannot be read leaves both alone", async () => {
    await wipe(use());
    await succeed(use(), put(GROUP, "m 1\n"));
    const before = await times();
    expect((await send(use(), put(GROUP, "m bar\n"))).status).toBe(400);
    expect((await send(use(), put(GROUP, "m 1\n", { "Content-Encoding": "gzip" }))).status).toBe(
      400,
    );
    expect((await send(use(), put(GROUP, "m 1\n", { "Content-Encoding": "br" }))).status).toBe(415);
    expect(await times()).toEqual(before);
  });

  it.each(["push_time_seconds", "push_failure_time_seconds"])(
    "%s that is pushed is overridden",
    async (name) => {
      await wipe(use());
      await succeed(
        use(),
        put(GROUP, `# TYPE ${name} counter\n# HELP ${name} mine\n${name} 5\nm 1\n`),
      );
      const [pushed = 0, failed] = await times();
      expect(pushed).toBeGreaterThan(5);
      expect(failed).toBe(0);
      expect((await scrape(use())).text).not.toContain("mine");
      expect((await held(use())).text).toBe(`# TYPE m untyped\nm{${LABELS}} 1\n`);
    },
  );
}
