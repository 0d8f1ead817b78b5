import { describe, expect, it } from "vitest";
import { escapedIdentity, escapeLabelText } from "../../src/model/escaped-labels.ts";
import { labelText, sortLabels } from "../../src/model/label.ts";

const textOf = (...labels: string[]) => labelText(sortLabels(labels));

describe("escapeLabelText", () => {
  const text = textOf("a.b", '1"', "a_c", "2", "é", "\\");

  it.each(
    [
      ["underscores", String.raw`a_b="1\"",a_c="2",_="\\"`],
      ["dots", String.raw`a_dot_b="1\"",a_c="2",__="\\"`],
      ["values", String.raw`U__a_2e_b="1\"",a_c="2",U___e9_="\\"`],
      ["allow-utf-8", text],
    ] as const,
  )("keeps the order and the values: %s", (escaping, expected) => {
    expect(escapeLabelText(text, escaping)).toBe(expected);
  });

  it("leaves the empty text", () => expect(escapeLabelText("", "values")).toBe(""));
});

describe("escapedIdentity", () => {
  it("is the same for labels that stand in another order once escaped", () => {
    const one = escapedIdentity(textOf("a.b", "1", "a_c", "2"), "underscores");
    const other = escapedIdentity(textOf("a_b", "1", "a.c", "2"), "underscores");
    expect(one).toEqual({ text: 'a_b="1",a_c="2"', isInvalid: false });
    expect(other).toEqual(one);
  });

  it.each([
    [["a.b", "1", "a_b", "2"], true, false],
    [["a.b", "1", "a b", "2"], true, false],
    [["a.b", "1", "c", "2", "a_b", ""], true, false],
    [["..name__", "1"], true, false],
    [["a.b", "1"], false, false],
    [["日本", "1", "中", ""], false, false],
    [["日本", "1", "中国", ""], true, false],
    [["a b", "1", "a.b", "2"], true, false],
  ])("%j cannot be shown with underscores: %s, with values: %s", (labels, underscores, values) => {
    const text = textOf(...labels);
    expect(escapedIdentity(text, "underscores").isInvalid).toBe(underscores);
    expect(escapedIdentity(text, "values").isInvalid).toBe(values);
  });
});
