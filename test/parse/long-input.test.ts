/**
 * Bodies of a megabyte that would take minutes or gigabytes if anything went over the same characters again and again. Nothing is
 * timed: what is quadratic runs into the limit that every test has.
 */

import { describe, expect, it } from "vitest";
import { errorOf, parse } from "./parse.ts";

const SIZE = 1 << 20;

describe("a megabyte of", () => {
  const accepted: readonly (readonly [what: string, body: string, series: number])[] = [
    ["backslashes in a value", `a{b="${"\\\\".repeat(SIZE / 2)}"} 1\n`, 1],
    ["escaped quotes in a value", `a{b="${'\\"'.repeat(SIZE / 2)}"} 1\n`, 1],
    ["escaped line feeds in HELP", `# HELP a ${"\\n".repeat(SIZE / 2)}\na 1\n`, 1],
    ["empty lines", "\n".repeat(SIZE), 0],
    ["empty lines ended by CR LF", "\r\n".repeat(SIZE / 2), 0],
    ["comments", "#\n".repeat(SIZE / 2), 0],
    ["blanks", `a${" ".repeat(SIZE / 2)}1${" ".repeat(SIZE / 2)}\n`, 1],
    ["blanks behind a type", `# TYPE a gauge${" ".repeat(SIZE)}\na 1\n`, 1],
    ["zeros in a value", `a ${"0".repeat(SIZE)}1\n`, 1],
    ["zeros in an exponent", `a 1e${"0".repeat(SIZE)}1\n`, 1],
    ["zeros in a timestamp", `a 1 ${"0".repeat(SIZE)}1\n`, 1],
    ["a metric name", `${"a".repeat(SIZE)} 1\n`, 1],
    ["suffixes", `${"_sum".repeat(SIZE / 4)} 1\n`, 1],
    ["labels of one series", `a{${numbered(100_000, (i) => `l${i}="x"`).join(",")}} 1\n`, 1],
    ["families", numbered(100_000, (i) => `a${i} 1\n`).join(""), 100_000],
    ["series of one family", numbered(50_000, (i) => `a{b="${i}"} 1\n`).join(""), 50_000],
    ["rising buckets", buckets((i) => i), 1],
    ["falling buckets", buckets((i) => -i), 1],
    ["series of one histogram", histograms(), 20_000],
  ];
  it.each(accepted)("%s is read", (_, body, series) => {
    const families = parse(body);
    expect(families.reduce((count, family) => count + family.series.length, 0)).toBe(series);
  });

  const refused: readonly (readonly [what: string, body: string, message: string])[] = [
    ["quotes", `a{b=${'"'.repeat(SIZE)}\n`, 'unexpected end of label value ""'],
    ["no closing quote", `a{b="${"x".repeat(SIZE)}\n`, "contains unescaped new-line"],
    ["escapes and no closing quote", `a{b="${'\\"'.repeat(SIZE / 2)}\n`, "unescaped new-line"],
    ["control characters", `a{b="${"\x01".repeat(SIZE)}\n`, "contains unescaped new-line"],
    ["no line end", "x".repeat(SIZE), 'expected float as value, got ""'],
    ["digits and a letter", `a ${"1".repeat(SIZE)}x\n`, "expected float as value"],
    ["decimals and a letter", `a 0.${"1".repeat(SIZE)}x\n`, "expected float as value"],
    ["exponent and a letter", `a 1e${"1".repeat(SIZE)}x\n`, "expected float as value"],
    ["a timestamp", `a 1 ${"1".repeat(SIZE)}\n`, "expected integer as timestamp"],
    ["zeros and a letter", `a 1 ${"0".repeat(SIZE)}x\n`, "expected integer as timestamp"],
    ["blanks in a type", `# TYPE a x${" ".repeat(SIZE)}x\n`, "unknown metric type"],
    ["blanks behind a timestamp", `a 1 1${" ".repeat(SIZE)}x\n`, "spurious string after timestamp"],
    ["commas", `a{${",".repeat(SIZE)}} 1\n`, "invalid label name"],
    ["backslashes, one too many", `# HELP a ${"\\".repeat(SIZE + 1)}\n`, "invalid escape sequence"],
  ];
  it.each(refused)("%s is refused", (_, body, message) => {
    const error = errorOf(body);
    expect(error).toContain(message);
    expect(error.length).toBeLessThan(8 * 1024);
  });
});

function numbered(length: number, item: (index: number) => string): string[] {
  return Array.from({ length }, (_, index) => item(index));
}

function buckets(bound: (index: number) => number): string {
  const lines = numbered(50_000, (i) => `h_bucket{le="${bound(i)}"} ${i}\n`);
  return `# TYPE h histogram\n${lines.join("")}`;
}

function histograms(): string {
  const lines = numbered(20_000, (i) => `h_bucket{a="${i}",le="1"} 1\nh_sum{a="${i}"} 1\n`);
  return `# TYPE h histogram\n${lines.join("")}`;
}
