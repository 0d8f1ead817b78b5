import { describe, expect, it } from "vitest";
import { parseText } from "../../src/parse/text.ts";
import { errorOf, parse } from "./parse.ts";

type Case = readonly [line: string, message: string];

/** Checks a line by itself, then with lines around it: the message names its number. */
function check(line: string, message: string): void {
  expect(errorOf(`${line}\n`)).toBe(`text format parsing error in line 1: ${message}`);
  expect(errorOf(`ok 1\n\n# TYPE ok_too gauge\r\n${line}\nnot reached\n`)).toBe(
    `text format parsing error in line 4: ${message}`,
  );
}

describe("parseText refuses", () => {
  const names: readonly Case[] = [
    ["9 1", "invalid metric name"],
    ["-a 1", "invalid metric name"],
    ["é 1", "invalid metric name"],
    ['{a="b"} 1', "invalid metric name"],
    ['"a" 1', "invalid metric name"],
    ["= 1", "invalid metric name"],
    ["\ufeffa 1", "invalid metric name"],
    ["a-b 1", 'expected float as value, got "-b"'],
    ["a.b 1", 'expected float as value, got ".b"'],
    ["aé 1", 'expected float as value, got "é"'],
    ["# TYPE 9 gauge", "invalid metric name in comment"],
    ["# TYPE a-b gauge", "invalid metric name in comment"],
    ["# HELP {a} text", "invalid metric name in comment"],
    ["# HELP a{} text", "invalid metric name in comment"],
  ];
  it.each(names)("a bad metric name: %j", check);

  const labels: readonly Case[] = [
    ["a{", 'invalid label name for metric "a"'],
    ["a{,} 1", 'invalid label name for metric "a"'],
    ['a{9="b"} 1', 'invalid label name for metric "a"'],
    ['a{é="b"} 1', 'invalid label name for metric "a"'],
    ['a{:b="c"} 1', 'invalid label name for metric "a"'],
    ['a{="b"} 1', 'invalid label name for metric "a"'],
    ['a{b="c",,} 1', 'invalid label name for metric "a"'],
    ['a{b="c"', 'unexpected end of label value "c"'],
    ['a{b="c" 1', 'unexpected end of label value "c"'],
    ['a{b="c"d="e"} 1', 'unexpected end of label value "c"'],
    ['a{b="c";d="e"} 1', 'unexpected end of label value "c"'],
    ['a{b="c""} 1', 'unexpected end of label value "c"'],
    ["a{b} 1", "expected '=' after label name, found '}'"],
    ["a{b", "expected '=' after label name, found '\\n'"],
    ['a{b-c="d"} 1', "expected '=' after label name, found '-'"],
    ['a{b c="d"} 1', "expected '=' after label name, found 'c'"],
    ['a{b:c="d"} 1', "expected '=' after label name, found ':'"],
    ['a{bé="d"} 1', "expected '=' after label name, found 'é'"],
    ["a{b'} 1", "expected '=' after label name, found '\\''"],
    ["a{b=} 1", "expected '\"' at start of label value, found '}'"],
    ["a{b=", "expected '\"' at start of label value, found '\\n'"],
    ["a{b=c} 1", "expected '\"' at start of label value, found 'c'"],
    ["a{b=\0} 1", "expected '\"' at start of label value, found '\\x00'"],
    ["a{b='c'} 1", "expected '\"' at start of label value, found '\\''"],
    ['a{__name__="b"} 1', 'label name "__name__" is reserved'],
    ['a{b="c",b="d"} 1', 'duplicate label names for metric "a"'],
    ['a{b="c",b} 1', "expected '=' after label name, found '}'"],
    ['a{b="c",d="e",b=} 1', 'duplicate label names for metric "a"'],
    ['a{b="c} 1', 'label value "c} 1" contains unescaped new-line'],
    ['a{b="', 'label value "" contains unescaped new-line'],
    ['a{b="c\\"} 1', 'label value "c\\"} 1" contains unescaped new-line'],
    ['a{b="\\x"} 1', "invalid escape sequence '\\x'"],
    ['a{b="\\t"} 1', "invalid escape sequence '\\t'"],
    ['a{b="\\é"} 1', "invalid escape sequence '\\é'"],
    ['a{b="\\\\\\x"} 1', "invalid escape sequence '\\x'"],
    ['a{b="\\x} 1', "invalid escape sequence '\\x'"],
    ['a{b="c\\', "invalid escape sequence '\\\n'"],
  ];
  it.each(labels)("bad labels: %j", check);

  const values: readonly Case[] = [
    ["a", 'expected float as value, got ""'],
    ["a ", 'expected float as value, got ""'],
    ["a{}", 'expected float as value, got ""'],
    ["a bar", 'expected float as value, got "bar"'],
    ["a 0x10", 'expected float as value, got "0x10"'],
    ["a 1_000", 'expected float as value, got "1_000"'],
    ["a 1e400", 'expected float as value, got "1e400"'],
    ["a -1e400", 'expected float as value, got "-1e400"'],
    ["a +nan", 'expected float as value, got "+nan"'],
    ["a 1,5", 'expected float as value, got "1,5"'],
    ["a - 1", 'expected float as value, got "-"'],
    ['a "1"', 'expected float as value, got "\\"1\\""'],
    ["a 1\u00a0", 'expected float as value, got "1\\u00a0"'],
    ["a {} {} 1", 'expected float as value, got "{}"'],
    ["a = 1", 'expected float as value, got "="'],
    ["a 1\r 2", 'expected float as value, got "1\\r"'],
  ];
  it.each(values)("a bad value: %j", check);

  const timestamps: readonly Case[] = [
    ["a 1 x", 'expected integer as timestamp, got "x"'],
    ["a 1 1.5", 'expected integer as timestamp, got "1.5"'],
    ["a 1 1e3", 'expected integer as timestamp, got "1e3"'],
    ["a 1 -", 'expected integer as timestamp, got "-"'],
    ["a 1 +-1", 'expected integer as timestamp, got "+-1"'],
    ["a 1 0x1", 'expected integer as timestamp, got "0x1"'],
    ["a 1 # comment", 'expected integer as timestamp, got "#"'],
    ["a 1 9223372036854775808", 'expected integer as timestamp, got "9223372036854775808"'],
    ["a 1 -9223372036854775809", 'expected integer as timestamp, got "-9223372036854775809"'],
    ["a 1 99999999999999999999", 'expected integer as timestamp, got "99999999999999999999"'],
    ["a 1 2 3", 'spurious string after timestamp: " 3"'],
    ["a 1 2 # {} 3", 'spurious string after timestamp: " # {} 3"'],
  ];
  it.each(timestamps)("a bad timestamp: %j", check);

  const types: readonly Case[] = [
    ["# TYPE a fooo", 'unknown metric type "fooo"'],
    ["# TYPE a gauge x", 'unknown metric type "gauge x"'],
    ["# TYPE a Info", 'unknown metric type "Info"'],
    ["# TYPE a unknown", 'unknown metric type "unknown"'],
    ["# TYPE a gauge histogram", 'unknown metric type "gauge histogram"'],
    ["# TYPE a constructor", 'unknown metric type "constructor"'],
  ];
  it.each(types)("a bad type: %j", check);

  const second = (name: string) =>
    `second TYPE line for metric name "${name}", or TYPE reported after samples`;
  const repeated: readonly (readonly [body: string, line: number, message: string])[] = [
    ["# TYPE a gauge\n# TYPE a gauge\n", 2, second("a")],
    ["a 1\n# TYPE a gauge\n", 2, second("a")],
    ["# TYPE a gauge\na 1\nb 1\n# TYPE a gauge\n", 4, second("a")],
    ["# TYPE a summary\n# TYPE a_sum gauge\n", 2, second("a")],
    ["# TYPE a histogram\n# TYPE a_bucket gauge\n", 2, second("a")],
    ["# TYPE a gauge\n# TYPE a fooo\n", 2, second("a")],
    ["# HELP a x\n# HELP a x\n", 2, 'second HELP line for metric name "a"'],
    ["# HELP a x\na 1\n# HELP a y\n", 3, 'second HELP line for metric name "a"'],
    ["# TYPE a summary\n# HELP a x\n# HELP a_count y\n", 3, 'second HELP line for metric name "a"'],
  ];
  it.each(repeated)("what may stand once only: %j", (body, line, message) => {
    expect(errorOf(body)).toBe(`text format parsing error in line ${line}: ${message}`);
  });

  const helps: readonly Case[] = [
    ["# HELP a \\x", "invalid escape sequence '\\x'"],
    ["# HELP a b\\", "invalid escape sequence '\\\n'"],
    ["# HELP a \\\\\\t", "invalid escape sequence '\\t'"],
    ["# HELP a \\💩", "invalid escape sequence '\\💩'"],
  ];
  it.each(helps)("a bad escape in HELP: %j", check);

  const unfinished: readonly Case[] = [
    ["a", 'expected float as value, got ""'],
    ["a{", 'invalid label name for metric "a"'],
    ["a{b", "unexpected end of input stream"],
    ["a{b=", "unexpected end of input stream"],
    ['a{b="c', "unexpected end of input stream"],
    ['a{b="c\\', "unexpected end of input stream"],
    ['a{b="c"', 'unexpected end of label value "c"'],
    ["# TYPE a", ""],
    ["# TYPE a gau", 'unknown metric type "gau"'],
  ];
  it.each(unfinished)("a body that breaks off: %j", (body, message) => {
    if (message === "") expect(parse(body)).toEqual([]);
    else expect(errorOf(body)).toBe(`text format parsing error in line 1: ${message}`);
  });

  it("a label name that comes twice among many", () => {
    const labels = Array.from({ length: 50 }, (_, i) => `l${i}="x"`);
    for (const twice of ["l0", "l7", "l15", "l16", "l17", "l49"]) {
      check(`a{${labels.join(",")},${twice}="y"} 1`, 'duplicate label names for metric "a"');
    }
  });

  it("bytes that are not UTF-8", () => {
    const bytes = new TextEncoder().encode('a 1\na{b="?"} 1\n');
    bytes[bytes.indexOf(63)] = 0xff;
    expect(() => parseText(bytes)).toThrow("text format parsing error in line 2: invalid UTF-8");
  });

  it("with no more of the input in the message than anyone reads", () => {
    const long = "x".repeat(1 << 20);
    for (const line of [long, `a ${long}`, `a{b="${long}`, `a 1 ${long}`, `# TYPE a ${long}`]) {
      expect(errorOf(`${line}\n`).length).toBeLessThan(1200);
    }
  });
});
