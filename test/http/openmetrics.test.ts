/** OpenMetrics through the whole gateway: pushed, kept, and scraped where the flag allows it. */

import { describe, expect, it } from "vitest";
import { createGateway, type Gateway } from "../../src/gateway.ts";
import { defaultOptions } from "../../src/runtime/default-options.ts";

/** What Prometheus 2.42 sends. */
const PROMETHEUS_2 = "application/openmetrics-text;version=1.0.0," +
  "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

const BODY = [
  "# HELP jobs Jobs.",
  "# TYPE jobs counter",
  'jobs_total{a="b"} 17 # {id="x"} 1 5',
  "# TYPE size_bytes gauge",
  "# UNIT size_bytes bytes",
  "size_bytes 1",
  "# EOF\n",
].join("\n");

function start(enableOpenMetrics: boolean): Gateway {
  return createGateway({ ...defaultOptions(), enableOpenMetrics });
}

async function push(gateway: Gateway, body: string, contentType: string): Promise<Response> {
  const headers = { "Content-Type": contentType };
  const request = new Request("http://x/metrics/job/j", { method: "POST", headers, body });
  return await gateway.fetch(request);
}

async function scrape(gateway: Gateway, accept: string, query = ""): Promise<Response> {
  return await gateway.fetch(
    new Request(`http://x/metrics${query}`, { headers: { Accept: accept } }),
  );
}

describe("OpenMetrics", () => {
  const NAMES = "?name[]=jobs_total&name[]=size_bytes";

  it.each([
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
    "application/openmetrics-text; version=0.0.1",
    "application/openmetrics-text",
  ])(
    "is read when pushed as %s, and shown as text to those who ask for nothing else",
    async (type) => {
      const gateway = start(false);
      expect((await push(gateway, BODY, type)).status).toBe(200);
      const answer = await scrape(gateway, PROMETHEUS_2, NAMES);
      expect(answer.headers.get("Content-Type")).toMatch(/^text\/plain; version=0\.0\.4;/);
      expect(await answer.text()).toBe(
        "# HELP jobs_total Jobs.\n# TYPE jobs_total counter\n" +
          'jobs_total{a="b",instance="",job="j"} 17\n' +
          '# TYPE size_bytes gauge\nsize_bytes{instance="",job="j"} 1\n',
      );
    },
  );

  it("is sent where the flag allows it, with exemplars and units", async () => {
    const gateway = start(true);
    await push(gateway, BODY, "application/openmetrics-text");
    const answer = await scrape(gateway, PROMETHEUS_2, NAMES);
    expect(answer.headers.get("Content-Type")).toBe(
      "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
    );
    expect(await answer.text()).toBe(
      "# HELP jobs Jobs.\n# TYPE jobs counter\n" +
        'jobs_total{a="b",instance="",job="j"} 17.0 # {id="x"} 1.0 5.0\n' +
        "# TYPE size_bytes gauge\n# UNIT size_bytes bytes\n" +
        'size_bytes{instance="",job="j"} 1.0\n# EOF\n',
    );
  });

  it("is sent only to those who ask for it", async () => {
    const gateway = start(true);
    for (const accept of ["", "*/*", "text/html,*/*;q=0.8", "text/plain;version=0.0.4"]) {
      const answer = await scrape(gateway, accept);
      expect(answer.headers.get("Content-Type")).toMatch(/^text\/plain;/);
      expect(await answer.text()).not.toContain("# EOF");
    }
  });

  it("changes no name of a metric, those of the gateway included", async () => {
    const gateway = start(true);
    const text = "# TYPE c counter\nc 1\n# TYPE h histogram\n" +
      'h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n' +
      '# TYPE s summary\ns{quantile="1"} 1\ns_sum 1\ns_count 1\nu 1\n';
    await push(gateway, text, "text/plain");
    const seriesOf = async (accept: string) => {
      const lines = (await (await scrape(gateway, accept)).text()).split("\n");
      return lines.filter((line) => line !== "" && !line.startsWith("#"))
        .map((line) => line.slice(0, line.lastIndexOf(" "))).sort();
    };
    const shown = await seriesOf("application/openmetrics-text;version=1.0.0");
    expect(shown).toContain('h_bucket{instance="",job="j",le="1"}');
    expect(shown).toContain('c{instance="",job="j"}');
    // The two scrapes count themselves, under one more code and method.
    const own = /^pushgateway_http_requests_total/;
    const rest = (names: readonly string[]) => names.filter((name) => !own.test(name));
    expect(rest(shown)).toEqual(rest(await seriesOf("text/plain")));
  });

  it("ends also a scrape in which there is nothing", async () => {
    expect(await (await scrape(start(true), PROMETHEUS_2, "?name[]=none")).text()).toBe("# EOF\n");
  });

  it("refuses timestamps as in text", async () => {
    const answer = await push(start(false), "a 1 5\n# EOF\n", "application/openmetrics-text");
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("pushed metrics must not have timestamps");
  });

  it("refuses what it cannot read, naming the line", async () => {
    const answer = await push(start(false), "a 1\n", "application/openmetrics-text");
    expect(answer.status).toBe(400);
    expect(await answer.text()).toBe(
      'openmetrics parsing error in line 2: the body does not end with "# EOF"\n',
    );
  });
});
