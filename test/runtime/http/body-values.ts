/** Values of samples: what is one, how it is printed again, and what is none. */

import { describe } from "vitest";
import { accepted, GROUP, LABELS, runCases, unreadable, type Use } from "./cases.ts";
import { put } from "./client.ts";

/** A value as pushed and as exposed. */
const VALUES: readonly (readonly [pushed: string, exposed: string])[] = [
  ["0", "0"],
  ["-0", "0"],
  ["1", "1"],
  ["+1", "1"],
  ["-1.5", "-1.5"],
  ["1.", "1"],
  [".5", "0.5"],
  ["007", "7"],
  ["100000", "100000"],
  ["999999", "999999"],
  ["1000000", "1e+06"],
  ["1e6", "1e+06"],
  ["1E+6", "1e+06"],
  ["123456789", "1.23456789e+08"],
  ["0.0001", "0.0001"],
  ["0.00001", "1e-05"],
  ["0.000012345", "1.2345e-05"],
  ["1e21", "1e+21"],
  ["1e100", "1e+100"],
  ["5e-324", "5e-324"],
  ["1e-400", "0"],
  ["1.7976931348623157e308", "1.7976931348623157e+308"],
  ["0.1", "0.1"],
  ["0.30000000000000004", "0.30000000000000004"],
  ["9007199254740993", "9.007199254740992e+15"],
  ["12345678.9", "1.23456789e+07"],
  ["nan", "NaN"],
  ["NaN", "NaN"],
  ["NAN", "NaN"],
  ["inf", "+Inf"],
  ["+Inf", "+Inf"],
  ["-INF", "-Inf"],
  ["Infinity", "+Inf"],
  ["-infinity", "-Inf"],
];

const NO_VALUES: readonly string[] = [
  "bar",
  "0x10",
  "1_000",
  "1e400",
  "-1e400",
  "1e",
  "1,5",
  "--1",
  "e5",
  ".",
  "infinit",
  "+nan",
  "-nan",
  "true",
  "0b1",
  "0o7",
  "1n",
  "١",
];

/** The suite. */
export function describeValues(use: Use): void {
  describe("values", () => {
    runCases(
      use,
      VALUES.map(([pushed, exposed]) =>
        accepted(pushed, `m ${pushed}\n`, `# TYPE m untyped\nm{${LABELS}} ${exposed}\n`)
      ),
    );
  });

  describe("no values", () => {
    runCases(
      use,
      NO_VALUES.map((value) => {
        const message = `expected float as value, got "${value}"`;
        return unreadable(
          value,
          put(GROUP, `m ${value}\n`),
          `text format parsing error in line 1: ${message}`,
        );
      }),
    );
  });
}
