import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { type Bench, scrape, send, setUp } from "./gateway-bench.ts";
import { anyWriteOrWipe, NAMES, type RandomWrite } from "./store/random-writes.ts";
import { assertMaximal, OWN, parseScrape, pushedPart, textOf } from "./store/scraped.ts";
import { createFakeClock } from "./support/fake-clock.ts";
import { NaiveGateway, reasonOf } from "./support/naive-gateway.ts";
import { runs } from "./support/runs.ts";

/** Carries out one write on both and holds the answers together. */
async function step({ gateway, clock }: Bench, model: NaiveGateway, write: RandomWrite) {
  clock.advance(1500);
  if (write.kind === "push") {
    const response = await send(gateway, write.push.method, write.path, write.body);
    const expected = model.push(write.push, clock.now());
    const message = (await response.text()).trimEnd();
    expect([response.status, message]).toEqual([
      expected.status,
      expected.reasons.size === 0 ? "" : expect.anything(),
    ]);
    if (expected.reasons.size > 0) expect([...expected.reasons]).toContain(reasonOf(message));
  } else if (write.kind === "delete") {
    expect((await send(gateway, "DELETE", write.path)).status).toBe(202);
    model.delete(write.key);
  } else if (write.kind === "wipe") {
    expect((await send(gateway, "PUT", "/api/v1/admin/wipe")).status).toBe(202);
    model.wipe();
  } else {
    expect((await send(gateway, "POST", write.path, write.body)).status).toBe(400);
  }
}

const history = fc.array(fc.tuple(anyWriteOrWipe, fc.constantFrom(...NAMES)), {
  minLength: 1,
  maxLength: 80,
  size: "max",
});

describe("UTF-8 names", () => {
  it.each([
    [
      "",
      "underscores",
      '# TYPE my_metric gauge\nmy_metric{g_h="v",instance="",job="j",l_m="w"} 1\n',
    ],
    [
      "text/plain;version=0.0.4;escaping=values",
      "values",
      "# TYPE U__my_2e_metric gauge\n" +
      'U__my_2e_metric{U__g_2e_h="v",instance="",job="j",U__l_2e_m="w"} 1\n',
    ],
    [
      "text/plain;version=0.0.4;escaping=allow-utf-8",
      "allow-utf-8",
      '# TYPE "my.metric" gauge\n{"my.metric","g.h"="v",instance="",job="j","l.m"="w"} 1\n',
    ],
  ])("go in and come out, asked for with %j", async (accept, escaping, expected) => {
    const { gateway } = setUp({ enableUtf8Names: true });
    const body = '# TYPE "my.metric" gauge\n{"my.metric","l.m"="w"} 1\n';
    expect((await send(gateway, "PUT", "/metrics/job/j/U__g_2e_h/v", body)).status).toBe(200);
    const headers: HeadersInit = accept === "" ? {} : { Accept: accept };
    const query = `?${new URLSearchParams({ "name[]": "my.metric" })}`;
    const response = await gateway.fetch(
      new Request(`http://gateway/metrics${query}`, { headers }),
    );
    expect(await response.text()).toBe(expected);
    expect(response.headers.get("Content-Type")).toMatch(new RegExp(`; escaping=${escaping}$`));
    expect((await send(gateway, "DELETE", "/metrics/job/j/g.h/v")).status).toBe(202);
    expect(await scrape(gateway, query)).toBe("");
  });

  it("are left out and counted where they are another name once escaped", async () => {
    const { gateway, logged } = setUp({ enableUtf8Names: true });
    expect((await send(gateway, "PUT", "/metrics/job/j", 'a_b 1\n{"a.b"} 2\n')).status).toBe(200);
    expect(await scrape(gateway)).toContain('\na_b{instance="",job="j"} 1\n#');
    expect(await scrape(gateway)).toContain("\npushgateway_scrape_dropped_series_total 1\n");
    expect(logged).toContainEqual({
      level: "warn",
      msg: "series left out of the scrape",
      fields: { name: "a.b", reason: "same name and labels twice after escaping", series: 1 },
    });
  });
});

describe("createGateway", () => {
  it("is ready at once", async () => {
    const { gateway } = setUp();
    await gateway.ready;
    expect((await send(gateway, "GET", "/-/ready")).status).toBe(200);
  });

  it("tells of itself what went through it", async () => {
    const { gateway } = setUp();
    await send(gateway, "PUT", "/metrics/job/a", "x 1\n");
    await send(gateway, "DELETE", "/metrics/job/a");
    const text = await scrape(gateway);
    expect(text).toContain(
      'pushgateway_http_requests_total{code="200",handler="push",method="put"} 1\n',
    );
    expect(text).toContain('pushgateway_http_push_size_bytes_count{method="put"} 1\n');
    const names = parseScrape(text).map(({ name, type, head }) => {
      expect(head).toBe(`# HELP ${name} ${OWN.get(name)?.help}\n# TYPE ${name} ${type}\n`);
      expect(type).toBe(OWN.get(name)?.type);
      return name;
    });
    expect(names).toEqual([...OWN.keys()].sort());
  });

  it("compresses by itself where the runtime offers nothing faster", async () => {
    const { gateway } = setUp();
    const url = "http://gateway/metrics?name[]=pushgateway_build_info";
    const request = new Request(url, { headers: { "Accept-Encoding": "gzip" } });
    const response = await gateway.fetch(request);
    const text = gunzipSync(await response.arrayBuffer()).toString();
    expect(text).toBe(await scrape(gateway, "?name[]=pushgateway_build_info"));
  });

  it("compresses with what the runtime offers", async () => {
    const { gateway } = setUp({ gzip: () => new Uint8Array([7]) });
    const request = new Request("http://gateway/metrics", {
      headers: { "Accept-Encoding": "gzip" },
    });
    expect(await (await gateway.fetch(request)).bytes()).toEqual(new Uint8Array([7]));
  });

  it("tells who runs it that it was asked to stop", async () => {
    const onQuit = vi.fn();
    const { gateway } = setUp({ onQuit, enableLifecycle: true });
    expect((await send(gateway, "PUT", "/-/quit")).status).toBe(200);
    expect(onQuit).toHaveBeenCalledOnce();
    const deaf = setUp({ enableLifecycle: true });
    expect((await send(deaf.gateway, "PUT", "/-/quit")).status).toBe(200);
  });

  it.each([[true, 1], [false, 0]])(
    "keeps a timer only where it may (%s), until it is closed",
    async (eventLoop, timers) => {
      const clock = createFakeClock();
      const stop = vi.fn();
      const every = vi.spyOn(clock, "every").mockReturnValue(stop);
      const { gateway } = setUp({ clock, eventLoop });
      expect(every).toHaveBeenCalledTimes(timers);
      await gateway.close();
      expect(stop).toHaveBeenCalledTimes(timers);
    },
  );

  it("never fails, whatever it is asked", async () => {
    const piece = fc.constantFrom(
      ...[
        "/",
        "metrics",
        "job",
        "job@base64",
        "a",
        "l@base64",
        "=",
        "..",
        "%2e",
        "%ff",
        "%",
        "%zz",
      ],
      ...[
        "\\",
        "__l",
        "status",
        "api",
        "v1",
        "admin",
        "wipe",
        "-",
        "quit",
        "x y",
        "\u00e4",
        "*",
        "?name[]=",
      ],
    );
    const line = fc.constantFrom(
      ...["x", "{", "}", '"', "\\", "=", ",", " ", "1", "le", "# TYPE x ", "histogram", "summary"],
      ...["# HELP x ", "_bucket", "_count", "NaN", "1e999", "\n", "\r\n", "\u00e4", "\0", "\ud83d"],
    );
    const request = fc.record({
      method: fc.constantFrom("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"),
      path: fc.tuple(fc.constantFrom("", "metrics/job/", "metrics/job/a/"), fc.array(piece))
        .map(([start, pieces]) => start + pieces.join("/")),
      raw: fc.boolean(),
      body: fc.oneof(fc.array(line).map((lines) => lines.join("")), fc.uint8Array()),
      encoding: fc.constantFrom("", "gzip", "deflate", "identity", "br", "gzip, gzip", ","),
    });
    const bench = setUp({ enableLifecycle: true });
    await fc.assert(
      fc.asyncProperty(request, async ({ method, path, raw, body, encoding }) => {
        const target = `/${path}`;
        const init = method === "GET" || method === "HEAD" ? { method } : {
          method,
          body: body as BodyInit,
          headers: { "Content-Encoding": encoding, "Accept-Encoding": encoding },
        };
        const context = raw ? { rawTarget: target } : {};
        const response = await bench.gateway.fetch(
          new Request(`http://gateway${encodeURI(target)}`, init),
          context,
        );
        expect(response.status).toBeLessThan(500);
        if (response.status >= 400 && method !== "HEAD") expect(await response.text()).not.toBe("");
      }),
      { numRuns: runs(3000) },
    );
    expect(bench.logged.filter(({ msg }) => msg === "request failed")).toEqual([]);
    parseScrape(await scrape(bench.gateway));
  });

  it("does what a naive model does, after any history", async () => {
    await fc.assert(
      fc.asyncProperty(history, async (writes) => {
        const bench = setUp();
        const model = new NaiveGateway({ own: OWN, checkConsistency: true });
        for (const [write, name] of writes) {
          await step(bench, model, write);
          const whole = pushedPart(await scrape(bench.gateway));
          expect(textOf(whole)).toBe(model.scrape());
          const part = pushedPart(await scrape(bench.gateway, `?name[]=${name}`));
          expect(part).toEqual(whole.filter((family) => family.name === name));
        }
      }),
      { numRuns: runs(30) },
    );
  });

  it("exposes everything consistent when the check is disabled, after any history", async () => {
    await fc.assert(
      fc.asyncProperty(history, async (writes) => {
        const bench = setUp({ checkConsistency: false });
        const model = new NaiveGateway({ own: OWN, checkConsistency: false });
        for (const [write, name] of writes) {
          await step(bench, model, write);
          bench.logged.length = 0;
          const whole = pushedPart(await scrape(bench.gateway));
          const dropped = assertMaximal(whole, model);
          const told = bench.logged.filter(({ level }) => level === "warn")
            .reduce((sum, { fields }) => sum + Number(fields["series"]), 0);
          expect(told).toBe(dropped);
          const part = pushedPart(await scrape(bench.gateway, `?name[]=${name}`));
          expect(part).toEqual(whole.filter((family) => family.name === name));
        }
      }),
      { numRuns: runs(30) },
    );
  });
});
