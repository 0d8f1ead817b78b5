import { describe, expect, it } from "vitest";
import {
  atLeast,
  atMost,
  difference,
  figures,
  itself,
  line,
  ratio,
} from "../../../scripts/bench/lines.ts";
import { isReached, missedBy } from "../../../scripts/bench/result.ts";
import {
  COLUMNS,
  renderMarkdown,
  renderResults,
  renderText,
  tableRows,
} from "../../../scripts/bench/table.ts";

const ours = figures("ours", "/s", [50, 60, 40]);
const L = figures("L", "/s", [100, 100, 100]);

describe("a comparison", () => {
  it("is reached from below and from above", () => {
    expect(isReached(ratio(ours, L, atLeast(0.5)))).toBe(true);
    expect(isReached(ratio(ours, L, atLeast(0.51)))).toBe(false);
    expect(isReached(ratio(ours, L, atMost(0.5)))).toBe(true);
    expect(isReached(ratio(ours, L, atMost(0.49)))).toBe(false);
    expect(isReached(itself(figures("wipe", "ms", [1200]), atMost(1000)))).toBe(false);
  });

  it("without a target or without figures is neither", () => {
    expect(isReached(ratio(ours, L))).toBeUndefined();
    expect(isReached(ratio(ours, figures("R", "/s", []), atLeast(1)))).toBeUndefined();
  });

  it("tells by how much it misses", () => {
    expect(missedBy(ratio(ours, L, atLeast(0.8)))).toBeCloseTo(0.375, 12);
    expect(missedBy(itself(figures("wipe", "ms", [1200]), atMost(1000)))).toBeCloseTo(0.2, 12);
    expect(missedBy(ratio(ours, L, atLeast(0.5)))).toBe(0);
  });

  it("is made round by round, not of medians", () => {
    const a = figures("a", "ms", [1, 10, 100]);
    const b = figures("b", "ms", [100, 10, 1]);
    expect(ratio(a, b).rounds).toEqual([0.01, 1, 100]);
    expect(difference(a, b).rounds).toEqual([-99, 0, 99]);
  });
});

describe("a line", () => {
  const R = figures("R", "/s", []);

  it("leaves out who was not there", () => {
    expect(line("x", [ours, R], [ratio(ours, R)])).toEqual({
      what: "x",
      figures: [ours],
      comparisons: [],
    });
  });

  it("says so where the budget asks for it", () => {
    const lines = [line("x", [ours, R], [ratio(ours, R, atLeast(3))])];
    expect(tableRows([{ id: "1", title: "T", lines }])[1]).toEqual([
      "",
      "x",
      "ours 50.0/s",
      "ours / R: –",
      "≥ 3.00",
      "not measured",
    ]);
  });
});

describe("the table", () => {
  const lines = [
    line("100 groups", [ours, L], [ratio(ours, L, atLeast(0.5)), ratio(ours, L, atLeast(0.8))]),
    line("a|b", [ours]),
  ];
  const results = [{ id: "1", title: "Pushes", lines }];

  it("has a row for each result, line and comparison", () => {
    expect(tableRows(results)).toEqual([
      ["1", "Pushes", "", "", "", ""],
      [
        "",
        "100 groups",
        "ours 50.0/s, L 100/s",
        "ours / L: 0.500 (0.400 to 0.600)",
        "≥ 0.500",
        "reached",
      ],
      ["", "", "", "ours / L: 0.500 (0.400 to 0.600)", "≥ 0.800", "missed by 38 %"],
      ["", "a|b", "ours 50.0/s", "", "", ""],
    ]);
  });

  it("renders as Markdown", () => {
    const rows = renderMarkdown([COLUMNS, ...tableRows(results)]).split("\n");
    expect(rows[0]).toBe("|  | what | measured | compared | to reach |  |");
    expect(rows[1]).toBe("| --- | --- | --- | --- | --- | --- |");
    expect(rows[2]).toBe("| **1** | **Pushes** |  |  |  |  |");
    expect(rows[5]).toBe("|  | a\\|b | ours 50.0/s |  |  |  |");
  });

  it("renders for a terminal", () => {
    expect(renderResults(results)).toBe(`1  Pushes
   100 groups
     ours 50.0/s, L 100/s
         ours / L: 0.500 (0.400 to 0.600)  ≥ 0.500  reached
         ours / L: 0.500 (0.400 to 0.600)  ≥ 0.800  missed by 38 %
   a|b
     ours 50.0/s
`);
  });

  it("aligns columns", () => {
    expect(renderText([["a", "bb"], ["ccc", "d"], []])).toBe("a    bb\nccc  d\n\n");
  });
});
