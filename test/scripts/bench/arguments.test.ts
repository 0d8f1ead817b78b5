import { describe, expect, it } from "vitest";
import { parseArguments } from "../../../scripts/bench/arguments.ts";

const KNOWN = ["1", "2", "storm"];

describe("parseArguments", () => {
  it("measures everything unless told otherwise", () => {
    expect(parseArguments([], KNOWN)).toEqual({ quick: false });
  });

  it("takes some rows", () => {
    const { rows } = parseArguments(["--rows=1, storm,"], KNOWN);
    expect([...rows ?? []]).toEqual(["1", "storm"]);
  });

  it("takes --quick", () => expect(parseArguments(["--quick"], KNOWN).quick).toBe(true));

  it("refuses rows where there are none", () => {
    expect(() => parseArguments(["--rows=1"], [])).toThrow("nothing to choose from");
  });

  it.each([
    [["--rows=1,9"], "--rows: there is no 9; there are 1, 2, storm"],
    [["--rows="], "--rows: names nothing; there are 1, 2, storm"],
    [["--fast"], "fast"],
    [["1"], "1"],
  ])("refuses %j", (args, message) => {
    expect(() => parseArguments(args, KNOWN)).toThrow(message);
  });
});
