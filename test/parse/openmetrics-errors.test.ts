import { describe, expect, it } from "vitest";
import { GatewayError } from "../../src/model/error.ts";
import { parseOpenMetrics } from "../../src/parse/openmetrics.ts";

const encoder = new TextEncoder();

/** The error text for a body, without what all of them begin with. */
function errorOf(body: string | Uint8Array): string {
  try {
    parseOpenMetrics(typeof body === "string" ? encoder.encode(body) : body);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.kind !== "malformed") throw error;
    expect(error.message).toMatch(/^openmetrics parsing error in line \d+: /);
    return error.message.replace("openmetrics parsing error in line ", "");
  }
  throw new Error(`accepted: ${JSON.stringify(body)}`);
}

type Case = readonly [body: string, message: string];

describe("parseOpenMetrics refuses", () => {
  const structure: readonly Case[] = [
    ["", '1: the body does not end with "# EOF"'],
    ["a 1\n", '2: the body does not end with "# EOF"'],
    ["a 1\n# EOF ", '2: a line with "#" must be "# TYPE", "# UNIT", "# HELP" or "# EOF"'],
    ["# EOF\na 1\n", '2: something comes after "# EOF"'],
    ["# EOF\n\n", '2: something comes after "# EOF"'],
    ["\n# EOF\n", "1: invalid metric name"],
    ["# comment\n# EOF", '1: a line with "#" must be "# TYPE", "# UNIT", "# HELP" or "# EOF"'],
    ["a 1\r\n# EOF\n", "1: a carriage return ends the line, only a line feed may"],
    ["#TYPE a gauge\n", '1: a line with "#" must be "# TYPE", "# UNIT", "# HELP" or "# EOF"'],
    ["\ufeffa 1\n", "1: invalid metric name"],
  ];
  it.each(structure)("a broken structure: %j", (body, message) => {
    expect(errorOf(body)).toBe(message);
  });

  const metadata: readonly Case[] = [
    ["# TYPE", "1: expected ' ' after TYPE, found '\\n'"],
    ["# TYPE 9 gauge", "1: invalid metric name in comment"],
    ["# TYPE a", "1: expected ' ' after metric name, found '\\n'"],
    ['# TYPE "a.b" gauge', "1: invalid metric name in comment"],
    ["# TYPE a Gauge", '1: unknown metric type "Gauge"'],
    ["# TYPE a untyped", '1: unknown metric type "untyped"'],
    ["# TYPE a gauge ", '1: unknown metric type "gauge "'],
    ["# TYPE a gauge\n# TYPE a gauge", '2: second TYPE line for metric name "a"'],
    ["# HELP a x\n# HELP a y", '2: second HELP line for metric name "a"'],
    ["# UNIT a_b b\n# UNIT a_b b", '2: second UNIT line for metric name "a_b"'],
    ["# UNIT a b", '1: metric name "a" does not end with its unit "b"'],
    ["# UNIT b b", '1: metric name "b" does not end with its unit "b"'],
    ["# UNIT a_é é", "1: expected ' ' after metric name, found 'é'"],
    ["# UNIT a b-c", '1: invalid unit "b-c"'],
    ["# UNIT a_b b\n# TYPE a_b info", '2: info "a_b" cannot have a unit'],
    ["# TYPE a_b stateset\n# UNIT a_b b", '2: stateset "a_b" cannot have a unit'],
    ["a 1\n# TYPE a gauge", '2: metadata of "a" comes after its samples'],
    [
      "# TYPE a gauge\nb 1\n# HELP a x",
      '3: "a" was there before, its lines must follow each other',
    ],
    ["a 1\nb 1\na 2", '3: "a" was there before, its lines must follow each other'],
    ["# TYPE a counter\na 1", '2: counter "a" cannot have a sample of that very name'],
    [
      "# TYPE a counter\na_total 1\n# TYPE a_created gauge",
      '3: "a_created" could be a sample of "a"',
    ],
    [
      "# TYPE a_count gauge\na_count 1\n# TYPE a summary\na_sum 1",
      '4: "a_count" could be a sample of "a" and of "a_count"',
    ],
  ];
  it.each(metadata)("metadata out of place: %j", (body, message) => {
    expect(errorOf(`${body}\n# EOF\n`)).toBe(message);
  });

  const lexical: readonly Case[] = [
    [" a 1", "1: invalid metric name"],
    ["a", "1: expected ' ' before value, found '\\n'"],
    ["a ", '1: expected float as value, got ""'],
    ["a  1", '1: expected float as value, got ""'],
    ["a\t1", "1: expected ' ' before value, found '\\t'"],
    ["a 0x1", '1: expected float as value, got "0x1"'],
    ["a 1e400", '1: expected float as value, got "1e400"'],
    ["a -nan", '1: expected float as value, got "-nan"'],
    ["a 1 ", '1: expected float as timestamp, got ""'],
    ["a 1 nan", '1: expected float as timestamp, got "nan"'],
    ["a 1 2 3", "1: expected end of line, found ' '"],
    ["a {} 1", '1: expected float as value, got "{}"'],
    ["a{ 1", "1: expected a label name, found ' '"],
    ['a{b="c",} 1', "1: expected a label name, found '}'"],
    ['a{b="c" } 1', "1: expected ',' or '}' after label, found ' '"],
    ['a{b ="c"} 1', "1: expected '=' after label name, found ' '"],
    ["a{b=c} 1", "1: expected '\"' at start of label value, found 'c'"],
    ['a{b="c} 1', "1: the line ends inside a quoted text"],
    ['a{b="c\\"} 1', "1: the line ends inside a quoted text"],
    ['a{b="c"', "1: expected ',' or '}' after label, found '\\n'"],
    ['a{b="c",b="d"} 1', '1: duplicate label name "b"'],
    ['a{__name__="c"} 1', '1: label name "__name__" is reserved'],
    ['{a="b"} 1', "1: invalid metric name"],
    ['{"a.b"} 1', '1: invalid metric name "a.b"'],
    ['a{"b.c"="d"} 1', '1: invalid label name "b.c"'],
    ['a{"b"} 1', "1: expected '=' after label name, found '}'"],
    ['{a="b","c"} 1', "1: expected '=' after label name, found '}'"],
  ];
  it.each(lexical)("what is not in the grammar: %j", (body, message) => {
    expect(errorOf(`${body}\n# EOF\n`)).toBe(message);
  });

  const H = "# TYPE h histogram\n";
  const values: readonly Case[] = [
    ["# TYPE a info\na_info 2", '2: value of info "a" must be 1'],
    ['# TYPE a stateset\na{a="x"} 2', '2: value of stateset "a" must be 0 or 1'],
    ["# TYPE a stateset\na 1", '2: expected a label "a", which names the state'],
    ["# TYPE a counter\na_total -1", '2: value of counter "a" is negative or NaN'],
    ["# TYPE a counter\na_total nan", '2: value of counter "a" is negative or NaN'],
    ["# TYPE a counter\na_created 1", '2: counter "a" has no _total'],
    ["# TYPE a counter\na_created nan", '2: expected seconds since 1970 as timestamp, got "nan"'],
    ["# TYPE a counter\na_total 1\na_total 1", '3: counter "a" occurs twice in one metric'],
    [
      '# TYPE a counter\na_total 1\na_total{b="c"} 1\na_created 1',
      '4: counter "a" has samples of other metrics in between',
    ],
    [`${H}h_bucket 1`, '2: expected a label "le"'],
    [`${H}h_bucket{le="x"} 1`, "2: expected float as value for 'le' label, got \"x\""],
    [`${H}h_bucket{le="nan"} 1`, '2: le="NaN" is not allowed'],
    [`${H}h_sum{le="1"} 1`, '2: a sum cannot have the label "le"'],
    [`${H}h_bucket{le="1"} 1.5`, '2: expected unsigned integer as count, got "1.5"'],
    [`${H}h_count -1`, '2: expected unsigned integer as count, got "-1"'],
    [`${H}h_count inf`, '2: expected unsigned integer as count, got "inf"'],
    [
      `${H}h_count 18446744073709551616`,
      '2: count "18446744073709551616" does not fit into 64 bits',
    ],
    [`${H}h_bucket{le="1"} 1`, '2: histogram "h" has no bucket with le="+Inf"'],
    [`${H}h_sum 1`, '2: histogram "h" has no bucket with le="+Inf"'],
    [
      `${H}h_bucket{le="1"} 1\nh_bucket{le="1.0"} 1`,
      '3: histogram "h" le="1" occurs twice in one metric',
    ],
    [
      `${H}h_bucket{le="1"} 1\nh_bucket{le="0.5"} 1`,
      '3: histogram "h" le="0.5" is out of order, buckets must rise',
    ],
    [
      `${H}h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1`,
      '3: histogram "h" le="+Inf" counts less than the bucket before it, buckets must be cumulative',
    ],
    [
      `${H}h_bucket{le="+Inf"} 1\nh_count 2`,
      '2: histogram "h" has a count other than that of its bucket with le="+Inf"',
    ],
    [`${H}h_bucket{le="+Inf"} 1\nh_sum 2`, '2: histogram "h" has a sum but no count'],
    [
      `${H}h_bucket{le="-1"} 1\nh_bucket{le="+Inf"} 1\nh_count 1\nh_sum 2`,
      '2: histogram "h" has a sum although it has negative buckets',
    ],
    [`${H}h_sum nan`, '2: sum of histogram "h" is negative or NaN'],
    [`${H}h_sum -1`, '2: sum of histogram "h" is negative or NaN'],
    [
      '# TYPE g gaugehistogram\ng_bucket{le="+Inf"} 1\ng_gcount 1\ng_gsum -2',
      '2: gaugehistogram "g" has a negative sum',
    ],
    ['# TYPE s summary\ns{quantile="1.1"} 1', '2: quantile "1.1" is not between 0 and 1'],
    ['# TYPE s summary\ns{quantile="1"} -1', '2: point of summary "s" is negative'],
    ["# TYPE s summary\ns_count 1.5", '2: expected unsigned integer as count, got "1.5"'],
    [
      '# TYPE s summary\ns{quantile="1"} 1\ns{quantile="1.0"} 1',
      '3: summary "s" quantile="1" occurs twice in one metric',
    ],
  ];
  it.each(values)("what the type forbids: %j", (body, message) => {
    expect(errorOf(`${body}\n# EOF\n`)).toBe(message);
  });

  const C = "# TYPE c counter\nc_total 1 #";
  const exemplars: readonly Case[] = [
    ["# TYPE c counter\nc_total 1 #", '2: expected float as timestamp, got "#"'],
    [`${C} 1`, "2: expected '{' at start of exemplar, found '1'"],
    [`${C} {}`, "2: expected ' ' before value of exemplar, found '\\n'"],
    [`${C} {} x`, '2: expected float as value of exemplar, got "x"'],
    [`${C} {} 1 nan`, '2: expected seconds since 1970 as timestamp, got "nan"'],
    [`${C} {} 1 2 3`, "2: expected end of line, found ' '"],
    [`${C} {a="b",a="c"} 1`, '2: duplicate label name "a"'],
    [
      `${C} {a="${"é".repeat(128)}"} 1`,
      "2: labels of an exemplar have 129 characters, more than 128",
    ],
    [
      "# TYPE g gauge\ng 1 # {} 1",
      "2: only the total of a counter and buckets can have an exemplar",
    ],
    [
      "# TYPE c counter\nc_created 1 # {} 1",
      "2: only the total of a counter and buckets can have an exemplar",
    ],
    [
      '# TYPE s summary\ns{quantile="1"} 1 # {} 1',
      "2: only the total of a counter and buckets can have an exemplar",
    ],
    [`${H}h_bucket{le="1"} 1 # {} 1.5`, '2: exemplar "1.5" is beyond its bucket'],
  ];
  it.each(exemplars)("an exemplar that may not be: %j", (body, message) => {
    expect(errorOf(`${body}\n# EOF\n`)).toBe(message);
  });

  it("bytes that are not UTF-8", () => {
    const body = Uint8Array.from([
      ...encoder.encode("a 1\nb"),
      0xff,
      ...encoder.encode(" 1\n# EOF"),
    ]);
    expect(errorOf(body)).toBe("2: invalid UTF-8");
  });
});
