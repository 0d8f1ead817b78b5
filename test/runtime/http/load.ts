/** Many clients at once, and a push that is large. */

import { expect, it } from "vitest";
import { GROUP, LABELS, succeed, type Use } from "./cases.ts";
import { get, post, put, remove, send } from "./client.ts";
import { held, sample, scrape, wipe } from "./held.ts";

/** The suite. */
export function describeLoad(use: Use): void {
  it("answers 64 pushes to one group at once", async () => {
    await wipe(use());
    const names = Array.from({ length: 64 }, (_, index) => `m${index + 10}`);
    const answers = await Promise.all(
      names.map((name) => send(use(), post(GROUP, `${name} 1\n`))),
    );
    expect(answers.map((answer) => answer.status)).toEqual(names.map(() => 200));
    const { text, groups } = await held(use());
    expect(text)
      .toBe(names.map((name) => `# TYPE ${name} untyped\n${name}{${LABELS}} 1\n`).join(""));
    expect(groups).toEqual({ [LABELS]: "pushed" });
  });

  it("ends up with one of 64 bodies put into one group at once", async () => {
    await wipe(use());
    const bodies = Array.from({ length: 64 }, (_, index) => `m${index} ${index}\nn ${index}\n`);
    const answers = await Promise.all(bodies.map((body) => send(use(), put(GROUP, body))));
    expect(answers.map((answer) => answer.status)).toEqual(bodies.map(() => 200));
    const value = await sample(use(), `n{${LABELS}}`);
    expect((await held(use())).text).toBe(
      `# TYPE m${value} untyped\nm${value}{${LABELS}} ${value}\n` +
        `# TYPE n untyped\nn{${LABELS}} ${value}\n`,
    );
  });

  it("answers 64 pushes to 64 groups at once, amid scrapes and deletions", async () => {
    await wipe(use());
    await succeed(use(), put("/metrics/job/gone", "m 1\n"));
    const jobs = Array.from({ length: 64 }, (_, index) => `j${index + 10}`);
    const answers = await Promise.all(jobs.flatMap((job) => [
      send(use(), put(`/metrics/job/${job}`, `m{x="${job}"} 1\n`)),
      send(use(), get("/metrics")),
      send(use(), remove("/metrics/job/gone")),
    ]));
    expect(answers.map((answer) => answer.status)).toEqual(jobs.flatMap(() => [200, 200, 202]));
    expect((await held(use())).text).toBe(
      "# TYPE m untyped\n" +
        jobs.map((job) => `m{instance="",job="${job}",x="${job}"} 1\n`).join(""),
    );
  });

  it("takes a push of 5 MB", async () => {
    await wipe(use());
    const line = (index: number) => `m{index="${index}",text="${"x".repeat(70)}"} ${index}\n`;
    const count = 50_000;
    const body = Array.from({ length: count }, (_, index) => line(index + 100_000)).join("");
    expect(body.length).toBeGreaterThan(5_000_000);
    expect(await send(use(), put(GROUP, body))).toMatchObject({ status: 200, text: "" });
    const { text } = await scrape(use(), "/metrics?name[]=m");
    const lines = text.split("\n");
    expect(lines).toHaveLength(count + 2);
    expect(lines[1]).toBe(`m{index="100000",${LABELS},text="${"x".repeat(70)}"} 100000`);
    expect(lines.at(-2)).toBe(`m{index="149999",${LABELS},text="${"x".repeat(70)}"} 149999`);
    await wipe(use());
  });
}
