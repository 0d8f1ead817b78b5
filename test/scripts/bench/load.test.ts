import { describe, expect, it } from "vitest";
import { alternate } from "../../../scripts/bench/alternate.ts";
import { createNumbers, ownBody, pushBody } from "../../../scripts/bench/body.ts";
import { protobufBody, textBody } from "../../../scripts/bench/large-body.ts";
import { preparePushes, pushRequest } from "../../../scripts/bench/request.ts";
import {
  changedFamilies,
  rowsOfFamilies,
  rowsOfGroup,
  withOtherNumbers,
} from "../../../scripts/bench/stored-row.ts";
import { ownRequests, parseWrk, pushRequests } from "../../../scripts/bench/wrk.ts";
import type { PushedFamily } from "../../../src/model/family.ts";
import { parseProtobuf } from "../../../src/parse/protobuf.ts";
import { parseText } from "../../../src/parse/text.ts";

function parse(body: string): PushedFamily[] {
  return [...parseText(new TextEncoder().encode(body))];
}

describe("bodies", () => {
  it("are five gauges of one series in some 600 bytes", () => {
    for (const body of [pushBody(createNumbers(1)), ownBody(7, createNumbers(1))]) {
      expect(body.length).toBeGreaterThan(550);
      expect(body.length).toBeLessThan(750);
      const families = parse(body);
      expect(families.map(({ type }) => type)).toEqual(Array(5).fill("gauge"));
      expect(families.map(({ series }) => series.length)).toEqual(Array(5).fill(1));
    }
  });

  it("differ from push to push, and are the same in each run", () => {
    const bodiesOf = (seed: number) => {
      const next = createNumbers(seed);
      return Array.from({ length: 1000 }, () => pushBody(next));
    };
    expect(new Set(bodiesOf(1)).size).toBe(1000);
    expect(bodiesOf(1)).toEqual(bodiesOf(1));
    expect(bodiesOf(2)).not.toEqual(bodiesOf(1));
  });

  it("of jobs of their own share no name, and begin differently", () => {
    const next = createNumbers(1);
    const bodies = Array.from({ length: 100 }, (_, job) => ownBody(job, next));
    const names = bodies.flatMap((body) => parse(body).map(({ name }) => name));
    expect(new Set(names).size).toBe(500);
    expect(new Set(bodies.map((body) => body.split("\n")[0])).size).toBe(100);
  });

  it("say the same in text and in protobuf", () => {
    const large = { name: "rows", series: 50, zone: "a" };
    const text = [...parseText(textBody({ ...large, next: createNumbers(3) }))];
    const protobuf = parseProtobuf(protobufBody({ ...large, next: createNumbers(3) }));
    const seriesOf = (families: typeof text) => families[0]?.series.map(({ sample }) => sample);
    expect(seriesOf(text)).toHaveLength(50);
    expect(seriesOf(protobuf)).toEqual(seriesOf(text));
  });
});

describe("numbers", () => {
  it("lie between 0 and 1 and are spread", () => {
    const next = createNumbers(5);
    const numbers = Array.from({ length: 10_000 }, next);
    expect(numbers.every((each) => each >= 0 && each < 1)).toBe(true);
    const mean = numbers.reduce((sum, each) => sum + each) / numbers.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
  });
});

/** Checks a request and takes it apart. */
function takeApart(request: string): { path: string; body: string } {
  const [head = "", body = ""] = request.split("\r\n\r\n");
  expect(head).toContain("\r\nHost: ");
  expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
  return { path: head.split(" ")[1] ?? "", body };
}

describe("requests", () => {
  it("join from any head and any tail", () => {
    const { head, groups, tails } = pushRequests(10);
    for (let group = 0; group < groups; group++) {
      const { path, body } = takeApart(`${head}${group}${tails[3]}`);
      expect(path).toMatch(/^\/metrics\/job\/batch\/instance\/host-\d$/);
      expect(parse(body)).toHaveLength(5);
    }
  });

  it("have nothing in them that separates them in a file", () => {
    const { tails } = pushRequests(10);
    expect(tails.some((text) => text.includes("\0") || text === "")).toBe(false);
  });

  it("of jobs of their own come to all of them", () => {
    const { head, tails } = ownRequests(50);
    const paths = tails.map((tail) => takeApart(head + tail).path);
    expect(new Set(paths).size).toBe(50);
    expect(new Set(tails).size).toBe(tails.length);
  });

  it("prepared for a paced load go to all groups", () => {
    const next = preparePushes(20);
    const paths = Array.from(
      { length: 2000 },
      () => takeApart(Buffer.from(next()).toString()).path,
    );
    expect(new Set(paths).size).toBe(20);
  });

  it("take other methods and types", () => {
    const request = pushRequest("/metrics/job/a", "x 1\n", { method: "POST", type: "text/plain" });
    const text = Buffer.from(request).toString();
    expect(text).toMatch(/^POST \/metrics\/job\/a HTTP\/1\.1\r\n/);
    expect(text).toContain("\r\nContent-Type: text/plain\r\n");
  });
});

const WRK = `Running 2s test @ http://127.0.0.1:1/
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   129.42us  250.06us   9.35ms   96.02%
    Req/Sec    62.15k     4.99k   70.12k    61.90%
  Latency Distribution
     50%   99.00us
     75%  115.00us
     90%  150.00us
     99%    1.19ms
  129765 requests in 2.10s, 9.28MB read
Requests/sec:  61793.10
Transfer/sec:      4.42MB
`;

describe("parseWrk", () => {
  it("reads rate and latencies, whatever their unit", () => {
    expect(parseWrk(WRK)).toEqual({ requests: 129_765, rate: 61_793.1, p99: 1.19, worst: 9.35 });
    expect(parseWrk(WRK.replace("1.19ms", "1.19s")).p99).toBe(1190);
    expect(parseWrk(WRK.replace("1.19ms", "990.00us")).p99).toBeCloseTo(0.99, 12);
  });

  it.each(["  Non-2xx or 3xx responses: 3\n", "  Socket errors: connect 0, read 1, write 0\n"])(
    "does not take a run with %j for one",
    (problem) => expect(() => parseWrk(WRK + problem)).toThrow(problem.trim()),
  );

  it("does not take something else for a run", () => {
    expect(() => parseWrk("unable to connect")).toThrow("unable to connect");
  });
});

describe("rows of the bare loop", () => {
  const row = {
    grouping_key: 'instance="host-1",job="batch"',
    name: "batch_duration_seconds",
    part: 0,
    record:
      '{"type":"gauge","pushed_at":1795809972442,"series":[["instance=\\"host-1\\",job=\\"batch\\"",12.25]]}',
    checksum: 3635907733,
  };

  it("are of another group", () => {
    const [other] = rowsOfGroup([row], 42);
    expect(other?.grouping_key).toBe('instance="host-42",job="batch"');
    expect(other?.record).toContain("host-42");
    expect(other?.record).not.toContain("host-1\\");
  });

  it("differ from the ones before in numbers, not in size", () => {
    const other = withOtherNumbers(row);
    expect(other.record).not.toBe(row.record);
    expect(other.record.length).toBe(row.record.length);
    expect(other.record).toContain("host-1");
    expect(other.checksum).not.toBe(row.checksum);
    expect(withOtherNumbers(other).record).toBe(row.record);
  });
});

describe("rows of whole groups", () => {
  const family = (value: number) =>
    `{"type":"gauge","help":"","pushed_at":1,"series":[["a=\\"b\\"",${value}]]}`;
  const whole = (x: number, y: number) => ({
    grouping_key: 'job="a"',
    name: "",
    part: 0,
    record: `{"x":${family(x)},"y":${family(y)}}`,
    checksum: 7,
  });

  it("come apart into one for each family", () => {
    const rows = rowsOfFamilies(whole(1, 2));
    expect(rows).toMatchObject([
      { grouping_key: 'job="a"', name: "x", part: 0, record: family(1) },
      { grouping_key: 'job="a"', name: "y", part: 0, record: family(2) },
    ]);
    expect(new Set(rows.map(({ checksum }) => checksum)).size).toBe(2);
    expect(rowsOfFamilies(rows[0] as typeof rows[number])).toEqual(rows.slice(0, 1));
  });

  it("tell which families a push has changed", () => {
    expect(changedFamilies([whole(1, 2)], [whole(1, 3)])).toMatchObject([{ name: "y" }]);
    expect(changedFamilies([whole(1, 2)], [whole(1, 2)])).toEqual([]);
  });
});

describe("alternate", () => {
  it("measures all once a round, after a round to warm up", async () => {
    const calls: string[] = [];
    const take = (name: string) => (round: number) => {
      calls.push(`${name}${round}`);
      return Promise.resolve(round);
    };
    const figures = await alternate(2, { a: take("a"), b: take("b"), absent: undefined });
    expect(calls).toEqual(["a0", "b0", "a1", "b1", "a2", "b2"]);
    expect(figures).toEqual({ a: [1, 2], b: [1, 2], absent: [] });
  });
});
