import { describe, expect, it } from "vitest";
import { errorOf, parse, show } from "./parse.ts";

const UTF8 = { utf8Names: true };

describe("parseText with UTF-8 names", () => {
  it.each([
    ['{"my.metric"} 1', "untyped my.metric: {} 1"],
    ['{"my.metric",a="b"} 1', 'untyped my.metric: {a="b"} 1'],
    ['{"my.metric",a="b",} 1', 'untyped my.metric: {a="b"} 1'],
    ['{"my.metric",} 1', "untyped my.metric: {} 1"],
    ['{a="b","my.metric"} 1', 'untyped my.metric: {a="b"} 1'],
    ['{"my.metric"}1', "untyped my.metric: {} 1"],
    ['  {\t"my.metric" , a = "b" , } \t1', 'untyped my.metric: {a="b"} 1'],
    ['{"my.metric"} 1 2', "untyped my.metric@: {} 1"],
    ['{"foo",a="b"} 1', 'untyped foo: {a="b"} 1'],
    ['{"foo"} 1\nfoo 2\n', "untyped foo: {} 1, {} 2"],
    ['a{"my.label"="b"} 1', 'untyped a: {"my.label"="b"} 1'],
    ['a{"b"="c",d="e"} 1', 'untyped a: {b="c",d="e"} 1'],
    ['a{ "my.label" = "b" } 1', 'untyped a: {"my.label"="b"} 1'],
    ['{"日本","ключ"="значение"} 1', 'untyped 日本: {"ключ"="значение"} 1'],
    [String.raw`{"a\"b\\c\nd"} 1`, 'untyped a"b\\c\nd: {} 1'],
    [String.raw`a{"\"\\\n"="x"} 1`, String.raw`untyped a: {"\"\\\n"="x"} 1`],
    ['{"a{b=\\"c\\"} 1"} 2', 'untyped a{b="c"} 1: {} 2'],
    ['{"a,b","c=d"="e"} 1', 'untyped a,b: {"c=d"="e"} 1'],
    ['# TYPE "my.metric" gauge\n{"my.metric"} 1', "gauge my.metric: {} 1"],
    [
      '# HELP "my.metric" some "help"\n{"my.metric"} 1',
      'untyped my.metric "some \\"help\\"": {} 1',
    ],
    ['#TYPE\t"my metric"\tgauge\n{"my metric"} 1', "gauge my metric: {} 1"],
    [String.raw`# TYPE "a\"b" gauge` + '\n{"a\\"b"} 1', 'gauge a"b: {} 1'],
    ['# TYPE "foo" gauge\nfoo 1', "gauge foo: {} 1"],
    ['# TYPE foo gauge\n{"foo"} 1', "gauge foo: {} 1"],
    ['# TYPE "my.metric"\n', ""],
    ['# anything "my.metric\na 1', "untyped a: {} 1"],
  ])("reads %j", (body, families) => expect(show(parse(body, UTF8))).toBe(families));

  it.each([
    [
      '# TYPE "my.h" histogram\n{"my.h_bucket",le="1"} 3\n{"my.h_sum"} 2\n{"my.h_count"} 4',
      "histogram my.h: {} count 4 sum 2 [1=3]",
    ],
    [
      '# TYPE "my.h" histogram\n{le="1","my.h_bucket","x.y"="z"} 3',
      'histogram my.h: {"x.y"="z"} count 0 sum 0 [1=3]',
    ],
    [
      '# TYPE "my.s" summary\n{"my.s",quantile="0.5"} 3\n{"my.s_count"} 4.9',
      "summary my.s: {} count 4 sum 0 [0.5=3]",
    ],
    [
      '# TYPE h histogram\nh_bucket{"le"="1"} 3\n{"h_count"} 4',
      "histogram h: {} count 4 sum 0 [1=3]",
    ],
    ['{"my.h_bucket",le="x"} 3', 'untyped my.h_bucket: {le="x"} 3'],
  ])("folds %j", (body, families) => expect(show(parse(body, UTF8))).toBe(families));

  it.each([
    ["a 1", undefined],
    ['a{b="c"} 1', undefined],
    ['{"a","b"="c"} 1', undefined],
    ['{"a.b"} 1', true],
    ['a{"b.c"="d"} 1', true],
    ['a{"b:c"="d"} 1', true],
    ['a 1\na{"b.c"="d"} 1', true],
    ['# TYPE "a.b" summary\n{"a.b_sum"} 1', true],
    ['# TYPE a summary\na{"b.c"="d",quantile="1"} 1\n', true],
  ])("tells whether a family needs more than the legacy rule: %j %s", (body, utf8) => {
    expect(parse(body, UTF8)[0]?.utf8).toBe(utf8);
    expect(Object.hasOwn(parse(body, UTF8)[0] ?? {}, "utf8")).toBe(utf8 === true);
  });

  it.each([
    ['{"my.metric"', "unexpected end of input stream"],
    ['{"my.metric"\n', `expected ',' or '}' after metric name "my.metric", found '\\n'`],
    ['{"my.metric" a="b"} 1', `expected ',' or '}' after metric name "my.metric", found 'a'`],
    ['{"a.b","c.d"} 1', 'multiple metric names for metric "a.b"'],
    ['{"a.b","a.b"} 1', 'multiple metric names for metric "a.b"'],
    ['{a="b"} 1', "invalid metric name"],
    ["{} 1", "invalid metric name"],
    ['{""} 1', 'invalid metric name ""'],
    ['# TYPE "" gauge\n', "invalid metric name in comment"],
    ['# TYPE "a.b"gauge\n', "invalid metric name in comment"],
    ['# TYPE "a.b\n', 'metric name "a.b" contains unescaped new-line'],
    ['{"a.b\n', 'name "a.b" contains unescaped new-line'],
    ['a{"b.c\n', 'label name "b.c" contains unescaped new-line'],
    ['{"a.b', "unexpected end of input stream"],
    [String.raw`{"a\.b"} 1`, String.raw`invalid escape sequence '\.'`],
    [String.raw`a{"b\c"="d"} 1`, String.raw`invalid escape sequence '\c'`],
    ['a{"b.c"} 1', "expected '=' after label name, found '}'"],
    ['a{"b.c",d="e"} 1', "expected '=' after label name, found ','"],
    ['a{""="b"} 1', 'invalid label name ""'],
    ['a{"b.c"=d} 1', "expected '\"' at start of label value, found 'd'"],
    ['a{"b.c"="d""} 1', 'unexpected end of label value "d"'],
    ['a{"__name__"="b"} 1', 'label name "__name__" is reserved'],
    ['{"a.b",__name__="b"} 1', 'label name "__name__" is reserved'],
    ['a{"b.c"="d","b.c"="e"} 1', 'duplicate label names for metric "a"'],
    ['a{"b"="d",b="e"} 1', 'duplicate label names for metric "a"'],
    ['{"a.b",c="d",c="e"} 1', 'duplicate label names for metric "a.b"'],
    ['{c="d",c="e","a.b"} 1', 'duplicate label names for metric ""'],
    ['{"a.b",9="c"} 1', 'invalid label name for metric "a.b"'],
    ['{"a.b"} x', 'expected float as value, got "x"'],
    ['"a.b" 1', "invalid metric name"],
    ['"a.b"{c="d"} 1', "invalid metric name"],
    ["a.b 1", 'expected float as value, got ".b"'],
    ['a{b.c="d"} 1', "expected '=' after label name, found '.'"],
    ['a{a="b"} 1\n{foo} 1', "expected '=' after label name, found '}'"],
    [
      '# TYPE "h.h" histogram\n{"h.h_bucket",le="x"} 3',
      `expected float as value for 'le' label, got "x"`,
    ],
    ['# TYPE "h.h" histogram\n{"h.h_count"} -1', 'negative count for histogram "h.h"'],
    [
      '{"a.b"} 1\n# TYPE "a.b" gauge\n',
      'second TYPE line for metric name "a.b", or TYPE reported after samples',
    ],
    ['# HELP "a.b" x\n# HELP "a.b" x\n', 'second HELP line for metric name "a.b"'],
  ])("refuses %j: %s", (body, message) => {
    const line = body.trimEnd().split("\n").length;
    expect(errorOf(body, UTF8)).toBe(`text format parsing error in line ${line}: ${message}`);
  });
});

describe("parseText without UTF-8 names", () => {
  it.each([
    ['{"foo",a="b"} 1', 'untyped foo: {a="b"} 1'],
    ['{"foo"} 1', "untyped foo: {} 1"],
    ['{"foo:bar"} 1', "untyped foo:bar: {} 1"],
    ['a{"b"="c"} 1', 'untyped a: {b="c"} 1'],
    ['# TYPE "foo" gauge\nfoo 1', "gauge foo: {} 1"],
  ])("takes quoted names that need no quotes: %j", (body, families) => {
    expect(show(parse(body))).toBe(families);
  });

  it.each([
    ['{"my.metric"} 1', 'invalid metric name "my.metric"'],
    ['{"my.metric",a="b"} 1', 'invalid metric name "my.metric"'],
    ['{""} 1', 'invalid metric name ""'],
    ['a{"my.label"="b"} 1', 'invalid label name "my.label"'],
    ['a{"b:c"="b"} 1', 'invalid label name "b:c"'],
    ['# TYPE "my.metric" gauge', 'invalid metric name "my.metric"'],
    ['# HELP "my.metric" help', 'invalid metric name "my.metric"'],
  ])("refuses others: %j", (body, message) => {
    expect(errorOf(`${body}\n`)).toBe(`text format parsing error in line 1: ${message}`);
  });
});
