import { describe, expect, it } from "vitest";
import { GatewayError } from "../../src/model/error.ts";
import { CHAR, END_OF_LINE, Scanner } from "../../src/parse/scanner.ts";

/** A scanner at the start of its first line. */
function scan(text: string): Scanner {
  const scanner = new Scanner(text);
  expect(scanner.nextLine()).toBe(true);
  return scanner;
}

function linesOf(text: string): string[] {
  const lines: string[] = [];
  for (const scanner = new Scanner(text); scanner.nextLine();) lines.push(scanner.readRest());
  return lines;
}

describe("lines", () => {
  const cases: readonly (readonly [text: string, lines: string[]])[] = [
    ["", []],
    ["\n", [""]],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["a\nb", ["a", "b"]],
    ["a\n\nb\n", ["a", "", "b"]],
    ["a\r\nb\r\n", ["a", "b"]],
    ["a\r", ["a"]],
    ["\r\n\r\n", ["", ""]],
    ["a\rb\n", ["a\rb"]],
    ["a\r\r\n", ["a\r"]],
    ["a\u2028b\vc\n", ["a\u2028b\vc"]],
    [" a \n", [" a "]],
  ];
  it.each(cases)("of %j are %j", (text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });

  it("are left behind unread", () => {
    const scanner = scan("abc\nd");
    scanner.skip();
    expect(scanner.nextLine()).toBe(true);
    expect(scanner.readRest()).toBe("d");
    expect(scanner.nextLine()).toBe(false);
    expect(scanner.nextLine()).toBe(false);
  });

  it("are numbered from one", () => {
    const scanner = scan("a\n\r\nb");
    expect(() => scanner.fail("x")).toThrow("text format parsing error in line 1: x");
    scanner.nextLine();
    scanner.nextLine();
    expect(() => scanner.fail("x")).toThrow("text format parsing error in line 3: x");
  });
});

describe("peek and skip", () => {
  it("go from character to character and stay at the end of the line", () => {
    const scanner = scan("#{\nx");
    expect(scanner.peek()).toBe(CHAR.hash);
    scanner.skip();
    expect(scanner.peek()).toBe(CHAR.openBrace);
    scanner.skip();
    expect(scanner.peek()).toBe(END_OF_LINE);
  });

  it("know the characters of the grammar", () => {
    const { hash, comma, equals, quote, openBrace, closeBrace } = CHAR;
    const codes = [hash, comma, equals, quote, openBrace, closeBrace];
    expect(String.fromCharCode(...codes)).toBe('#,="{}');
  });
});

describe("skipBlanks", () => {
  const cases: readonly (readonly [line: string, skipped: boolean, rest: string])[] = [
    ["", false, ""],
    ["a", false, "a"],
    [" a", true, "a"],
    ["\t \ta ", true, "a "],
    ["   ", true, ""],
    ["\u00a0a", false, "\u00a0a"],
    ["\va", false, "\va"],
  ];
  it.each(cases)("in %j: %s, leaving %j", (line, skipped, rest) => {
    const scanner = scan(`${line}\n x`);
    expect(scanner.skipBlanks()).toBe(skipped);
    expect(scanner.readRest()).toBe(rest);
  });
});

describe("names", () => {
  // The line, the metric name at its start, the label name at its start.
  const cases: readonly (readonly [line: string, metric: string, label: string])[] = [
    ["abc def", "abc", "abc"],
    ["a:b{", "a:b", "a"],
    [":a=", ":a", ""],
    ["_9=", "_9", "_9"],
    ["9a", "", ""],
    ["a-b", "a", "a"],
    ["aé", "a", "a"],
    ["é", "", ""],
    ["\u0161", "", ""],
    [" a", "", ""],
    ["", "", ""],
    ["ABCxyz_019:Z", "ABCxyz_019:Z", "ABCxyz_019"],
  ];
  it.each(cases)("at the start of %j: %j, %j", (line, metric, label) => {
    const text = `${line}\nx`;
    const forMetric = scan(text);
    expect(forMetric.readMetricName()).toBe(metric);
    expect(forMetric.readRest()).toBe(line.slice(metric.length));
    const forLabel = scan(text);
    expect(forLabel.readLabelName()).toBe(label);
    expect(forLabel.readRest()).toBe(line.slice(label.length));
  });

  it("do not reach into the next line", () => {
    const scanner = scan("\nabc");
    expect(scanner.readMetricName()).toBe("");
    expect(scanner.readLabelName()).toBe("");
  });
});

describe("tokens and rests", () => {
  const cases: readonly (readonly [line: string, token: string, rest: string, trimmed: string])[] =
    [
      ["a b", "a", " b", " b"],
      ["a\tb \t", "a", "\tb \t", "\tb"],
      ["ab", "ab", "", ""],
      [" a", "", " a", " a"],
      ["", "", "", ""],
      ["a  \t", "a", "  \t", ""],
      ["a\u00a0b", "a\u00a0b", "", ""],
    ];
  it.each(cases)("of %j", (line, token, rest, trimmed) => {
    const scanner = scan(`${line}\nnext`);
    expect(scanner.readToken()).toBe(token);
    expect(scanner.readRest()).toBe(rest);
    expect(scanner.peek()).toBe(END_OF_LINE);
    const other = scan(`${line}\nnext`);
    expect(other.readToken()).toBe(token);
    expect(other.readTrimmedRest()).toBe(trimmed);
    expect(other.peek()).toBe(END_OF_LINE);
  });

  it("undo escapes where asked to", () => {
    expect(scan('\\\\ \\n \\"\nx').readEscapedRest()).toBe('\\ \n "');
    expect(scan('\\\\ \\n \\"\nx').readRest()).toBe('\\\\ \\n \\"');
    expect(scan('no "escapes"\nx').readEscapedRest()).toBe('no "escapes"');
  });
});

describe("readQuoted", () => {
  // What follows the opening quote, the value, what is left.
  const cases: readonly (readonly [line: string, value: string, rest: string])[] = [
    ['"', "", ""],
    ['abc"', "abc", ""],
    ['abc"} 1', "abc", "} 1"],
    ['a"b"', "a", 'b"'],
    ['\\"a\\""x', '"a"', "x"],
    ['\\\\"x', "\\", "x"],
    ['\\\\\\""x', '\\"', "x"],
    ['\\n"x', "\n", "x"],
    ['\\\\n"x', "\\n", "x"],
    ['plain"\\n', "plain", "\\n"],
    ['日本💩"x', "日本💩", "x"],
  ];
  it.each(cases)("of %j is %j", (line, value, rest) => {
    for (const text of [line, `${line}\n"`, `${line}\r\n\\"`]) {
      const scanner = scan(text);
      expect(scanner.readQuoted()).toBe(value);
      expect(scanner.readRest()).toBe(rest);
    }
  });

  // A quote in a later line ends nothing.
  const unclosed: readonly (readonly [text: string, message: string])[] = [
    ['abc\n"', 'label value "abc" contains unescaped new-line'],
    ['abc\r\n"', 'label value "abc" contains unescaped new-line'],
    ['\n"', 'label value "" contains unescaped new-line'],
    ['a\\"b\n"', 'label value "a\\"b" contains unescaped new-line'],
    ['a\\nb\n"', 'label value "a\\nb" contains unescaped new-line'],
    ['a\\\n"', "invalid escape sequence '\\\n'"],
    ['a\\x\n"', "invalid escape sequence '\\x'"],
    ["abc", "unexpected end of input stream"],
    ['abc\\"', "unexpected end of input stream"],
    ["", "unexpected end of input stream"],
  ];
  it.each(unclosed)("refuses %j", (text, message) => {
    const scanner = text === "" ? scan(" ") : scan(text);
    if (text === "") scanner.skip();
    expect(() => scanner.readQuoted()).toThrow(
      new GatewayError("malformed", `text format parsing error in line 1: ${message}`),
    );
  });
});

describe("failFound", () => {
  const cases: readonly (readonly [text: string, message: string])[] = [
    ["}\n", "expected x, found '}'"],
    ["'\n", "expected x, found '\\''"],
    ["\t\n", "expected x, found '\\t'"],
    ["é\n", "expected x, found 'é'"],
    ["💩", "expected x, found '💩'"],
    ["\n", "expected x, found '\\n'"],
    ["\r\n", "expected x, found '\\n'"],
  ];
  it.each(cases)("at %j says: %s", (text, message) => {
    expect(() => scan(text).failFound("expected x")).toThrow(
      new GatewayError("malformed", `text format parsing error in line 1: ${message}`),
    );
  });

  it("says when the body ends there", () => {
    const scanner = scan("a");
    scanner.skip();
    expect(() => scanner.failFound("expected x")).toThrow(
      new GatewayError(
        "malformed",
        "text format parsing error in line 1: unexpected end of input stream",
      ),
    );
  });
});
