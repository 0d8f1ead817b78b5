import { describe, expect, it } from "vitest";
import { parseText } from "../../src/parse/text.ts";
import { parse, show } from "./parse.ts";

type Case = readonly [body: string, families: string];

describe("parseText", () => {
  const samples: readonly Case[] = [
    ["", ""],
    ["\n", ""],
    [" \t\n\n", ""],
    ["some_metric 3.14\n", "untyped some_metric: {} 3.14"],
    ["a 1\nb 2\n", "untyped a: {} 1; untyped b: {} 2"],
    ["b 1\na 2\nb 3\n", "untyped b: {} 1, {} 3; untyped a: {} 2"],
    ["a 1\na 1\n", "untyped a: {} 1, {} 1"],
    ["_ 1\n", "untyped _: {} 1"],
    [": 1\n", "untyped :: {} 1"],
    ["a:b_C9 1\n", "untyped a:b_C9: {} 1"],
    ["a{} 1\n", "untyped a: {} 1"],
    ['a{b="c"} 1\n', 'untyped a: {b="c"} 1'],
    ['a{b="c",} 1\n', 'untyped a: {b="c"} 1'],
    ['a{b="c",d="e"} 1\n', 'untyped a: {b="c",d="e"} 1'],
    ['a{z="1",a="2"} 1\n', 'untyped a: {z="1",a="2"} 1'],
    ['a{b="c"}1\n', 'untyped a: {b="c"} 1'],
    ['a{b=""} 1\n', 'untyped a: {b=""} 1'],
    ['a{le="x",quantile="y"} 1\n', 'untyped a: {le="x",quantile="y"} 1'],
    ['a{_a="1",__b="2",B9="3"} 1\n', 'untyped a: {_a="1",__b="2",B9="3"} 1'],
    ['a{b="{}=,#"} 1\n', 'untyped a: {b="{}=,#"} 1'],
  ];
  it.each(samples)("reads samples: %j", (body, families) => {
    expect(show(parse(body))).toBe(families);
  });

  const blanks: readonly Case[] = [
    [" a 1\n", "untyped a: {} 1"],
    ["\ta\t1\n", "untyped a: {} 1"],
    ["a \t  1\n", "untyped a: {} 1"],
    ['a { b = "c" , d = "e" , } 1\n', 'untyped a: {b="c",d="e"} 1'],
    ['a\t{\tb\t=\t"c"\t}\t1\n', 'untyped a: {b="c"} 1'],
    ["a { } 1\n", "untyped a: {} 1"],
    ['a{b=" c\t"} 1\n', 'untyped a: {b=" c\t"} 1'],
    ["#\tTYPE\ta\tgauge\na 1\n", "gauge a: {} 1"],
    ["  #  TYPE  a  gauge\na 1\n", "gauge a: {} 1"],
    ["#TYPE a gauge\na 1\n", "gauge a: {} 1"],
    ["# HELP a \t two  words \na 1\n", 'untyped a "two  words ": {} 1'],
    ["a 1 \t 2\n", "untyped a@: {} 1"],
  ];
  it.each(blanks)("takes blanks and tabs between tokens: %j", (body, families) => {
    expect(show(parse(body))).toBe(families);
  });

  const types: readonly Case[] = [
    ["# TYPE a counter\na 1\n", "counter a: {} 1"],
    ["# TYPE a gauge\na 1\n", "gauge a: {} 1"],
    ["# TYPE a untyped\na 1\n", "untyped a: {} 1"],
    ["# TYPE a GAUGE\na 1\n", "gauge a: {} 1"],
    ["# TYPE a GauGe\na 1\n", "gauge a: {} 1"],
    ["# TYPE a summary\na_sum 1\n", "summary a: {} count 0 sum 1 []"],
    ["# TYPE a histogram\na_sum 1\n", "histogram a: {} count 0 sum 1 []"],
    ["# TYPE a gaugehistogram\na_sum 1\n", "gaugehistogram a: {} count 0 sum 1 []"],
    ["# TYPE a gauge_histogram\na_sum 1\n", "gaugehistogram a: {} count 0 sum 1 []"],
    ["# TYPE a Gauge_Histogram\na_sum 1\n", "gaugehistogram a: {} count 0 sum 1 []"],
    ["# TYPE a gauge\n# TYPE b counter\nb 1\na 2\n", "gauge a: {} 2; counter b: {} 1"],
    ["# TYPE a gauge\n", ""],
    ["# HELP a text\n", ""],
    ["# TYPE a gauge\nb 1\n", "untyped b: {} 1"],
  ];
  it.each(types)("takes the type of the TYPE line: %j", (body, families) => {
    expect(show(parse(body))).toBe(families);
  });

  const comments: readonly Case[] = [
    ["#\na 1\n", "untyped a: {} 1"],
    ["# \na 1\n", "untyped a: {} 1"],
    ["#a 1\nb 1\n", "untyped b: {} 1"],
    ["# EOF\n", ""],
    ["# type a gauge\na 1\n", "untyped a: {} 1"],
    ["# TYPES a gauge\na 1\n", "untyped a: {} 1"],
    ["# UNIT a seconds\na 1\n", "untyped a: {} 1"],
    ['# \\x "\na 1\n', "untyped a: {} 1"],
    ["# HELP\n# TYPE\na 1\n", "untyped a: {} 1"],
    ["# HELP \n# TYPE \t\na 1\n", "untyped a: {} 1"],
    ["# HELP a\n# TYPE a\na 1\n", "untyped a: {} 1"],
    ["# HELP a \n# TYPE a \na 1\n", "untyped a: {} 1"],
    ["# HELP a\n# HELP a text\na 1\n", 'untyped a "text": {} 1'],
    ["# HELP a \n# HELP a text\na 1\n", 'untyped a "text": {} 1'],
    ["# TYPE a\n# TYPE a gauge\na 1\n", "gauge a: {} 1"],
    ["a 1\n# comment\na 2\n", "untyped a: {} 1, {} 2"],
  ];
  it.each(comments)("passes over comments: %j", (body, families) => {
    expect(show(parse(body))).toBe(families);
  });

  const helps: readonly Case[] = [
    ["# HELP a text\na 1\n", 'untyped a "text": {} 1'],
    ["# TYPE a gauge\n# HELP a text\na 1\n", 'gauge a "text": {} 1'],
    ["a 1\n# HELP a text\n", 'untyped a "text": {} 1'],
    ['# HELP a say "hi"\na 1\n', 'untyped a "say \\"hi\\"": {} 1'],
    ['# HELP a say \\"hi\\"\na 1\n', 'untyped a "say \\"hi\\"": {} 1'],
    ["# HELP a C:\\\\dir\na 1\n", 'untyped a "C:\\\\dir": {} 1'],
    ["# HELP a two\\nlines\na 1\n", 'untyped a "two\\nlines": {} 1'],
    ["# HELP a \\\\n\na 1\n", 'untyped a "\\\\n": {} 1'],
    ["# HELP a # {x} 日本💩\na 1\n", 'untyped a "# {x} 日本💩": {} 1'],
  ];
  it.each(helps)("takes the text of the HELP line: %j", (body, families) => {
    expect(show(parse(body))).toBe(families);
  });

  // The value as it stands in the body, and what it means.
  const escapes: readonly (readonly [escaped: string, value: string])[] = [
    ["\\\\", "\\"],
    ["\\n", "\n"],
    ['\\"', '"'],
    ["\\\\n", "\\n"],
    ["\\\\\\n", "\\\n"],
    ['\\\\\\"', '\\"'],
    ["C:\\\\dir\\\\", "C:\\dir\\"],
    ['\\"a\\"', '"a"'],
    ["日本💩\u{10ffff}", "日本💩\u{10ffff}"],
    ["a\rb\0\t", "a\rb\0\t"],
    ["\u2028\ufeff", "\u2028\ufeff"],
  ];
  it.each(escapes)("undoes escapes in label values: %j", (escaped, value) => {
    expect(parse(`a{b="x",c="${escaped}",d="y"} 1\n`)[0]?.series).toEqual([
      { labels: ["b", "x", "c", value, "d", "y"], sample: 1 },
    ]);
  });

  const values: readonly (readonly [text: string, value: number])[] = [
    ["0", 0],
    ["-0", -0],
    ["+1", 1],
    ["1.", 1],
    [".5", 0.5],
    ["1e6", 1e6],
    ["1.5E-3", 0.0015],
    ["1e-400", 0],
    ["nan", NaN],
    ["NaN", NaN],
    ["inf", Infinity],
    ["+Inf", Infinity],
    ["-INFINITY", -Infinity],
    ["18446744073709551615", 2 ** 64],
  ];
  it.each(values)("reads the value %s", (text, value) => {
    expect(parse(`a ${text}\n`)[0]?.series[0]?.sample).toBe(value);
  });

  const timestamps = ["0", "1", "-1", "+7", "0012", "9223372036854775807", "-9223372036854775808"];
  it.each(timestamps)("notices the timestamp %s", (timestamp) => {
    const [a, b] = parse(`a 1\na 2 ${timestamp}\nb 1\n`);
    expect(a?.timestamped).toBe(true);
    expect(b?.timestamped).toBe(false);
  });

  // Where the reference answers 400.
  const lenient: readonly Case[] = [
    ["a 1", "untyped a: {} 1"],
    ["a 1\nb 2", "untyped a: {} 1; untyped b: {} 2"],
    ["# comment", ""],
    ["# TYPE a gauge", ""],
    ["# HELP a text", ""],
    ["a 1\r\n", "untyped a: {} 1"],
    ["a 1\r\nb 2\r", "untyped a: {} 1; untyped b: {} 2"],
    ["\r\n\r\na 1\r\n", "untyped a: {} 1"],
    ["# TYPE a gauge\r\n# HELP a text\r\na 1\r\n", 'gauge a "text": {} 1'],
    ['a{b="c"} 1 5\r\n', 'untyped a@: {b="c"} 1'],
    ["a 1 \n", "untyped a: {} 1"],
    ["a 1\t \t\n", "untyped a: {} 1"],
    ["a 1 5 \n", "untyped a@: {} 1"],
    ["# TYPE a gauge \t\na 1\n", "gauge a: {} 1"],
  ];
  it.each(lenient)("takes line ends as they come: %j", (body, families) => {
    expect(show(parse(body))).toBe(families);
  });

  it("reads more labels than it looks through one by one", () => {
    const labels = Array.from({ length: 40 }, (_, i) => `l${i}="${i}"`);
    expect(show(parse(`a{${labels.join(",")}} 1\n`))).toBe(`untyped a: {${labels.join(",")}} 1`);
  });

  it("does not need the body to fill its buffer", () => {
    const buffer = new TextEncoder().encode("x 0\na 1\nb 2\n");
    expect(show([...parseText(buffer.subarray(4, 8))])).toBe("untyped a: {} 1");
  });
});
