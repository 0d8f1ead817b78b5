import { describe, expect, it } from "vitest";
import { LABEL, METRIC } from "../../src/model/client-model.ts";
import { parseProtobuf } from "../../src/parse/protobuf.ts";
import { concat, delimited, errorOf, family, message, metric } from "./protobuf-encode.ts";

const CUT_SHORT = "unexpected end of the body";
const MESSAGE_CUT = "a field reaches beyond the end of its message";
const bytes = (...list: number[]) => Uint8Array.from(list);
const gauge = family("x", "gauge", [metric("gauge", message([1, 1]))]);

/** The reason for which a message is refused, given as its bytes. */
function reasonOf(...list: number[]): string {
  return errorOf(delimited(bytes(...list))).replace("protobuf parsing error in message 1: ", "");
}

/** What becomes of a family that has a field more. */
function extended(...list: number[]): string {
  const body = delimited(concat(gauge, bytes(...list)));
  try {
    return `${parseProtobuf(body).length} family`;
  } catch {
    return errorOf(body).replace("protobuf parsing error in message 1: ", "");
  }
}

describe("the wire", () => {
  it("refuses a body that ends anywhere but behind a message", () => {
    const body = delimited(gauge, gauge);
    for (let end = 1; end < body.length; end++) {
      if (end === body.length / 2) expect(parseProtobuf(body.slice(0, end)).length).toBe(1);
      else expect(errorOf(body.slice(0, end))).toContain(`: ${CUT_SHORT}`);
    }
  });

  it.each<[string, Uint8Array, string]>([
    ["a length beyond the body", bytes(0x7f, 0), CUT_SHORT],
    ["a length beyond 32 bits", bytes(0x83, 0x80, 0x80, 0x80, 0x10, 8, 1, 8), CUT_SHORT],
    ["a length of 2^64-1", bytes(...Array<number>(9).fill(0xff), 1, 0), CUT_SHORT],
    ["a length that goes on", bytes(...Array<number>(10).fill(0x80), 0), "more than 64 bits"],
    ["a length of 65 bits", bytes(...Array<number>(9).fill(0x80), 2, 0), "more than 64 bits"],
    ["a length cut short", bytes(0x80), CUT_SHORT],
    ["nothing but the beginnings of integers", bytes(...Array<number>(99).fill(0xff)), "64 bits"],
  ])("refuses %s", (_, body, expected) => {
    expect(errorOf(body)).toMatch(/^protobuf parsing error in message 1: /);
    expect(errorOf(body)).toContain(expected);
  });

  it("reads a length that is longer than need be", () => {
    expect(parseProtobuf(concat(bytes(0x80 + gauge.length, 0x80, 0x80, 0x80, 0), gauge)).length)
      .toBe(1);
  });

  it.each<[string, number[], string]>([
    ["field number 0", [0x00, 1], "invalid field number"],
    ["a field number beyond 29 bits", [0x88, 0x80, 0x80, 0x80, 0x10, 1], "invalid field number"],
    ["wire type 6", [0x7e, 1], "invalid wire type 6"],
    ["wire type 7", [0x7f, 1], "invalid wire type 7"],
    ["a name that is no text", [0x08, 1], "field 1 has wire type 0, expected 2"],
    ["a type that is no number", [0x1a, 0], "field 3 has wire type 2, expected 0"],
    ["a type as fixed number", [0x1d, 0, 0, 0, 0], "field 3 has wire type 5, expected 0"],
    ["a metric that is no message", [0x20, 1], "field 4 has wire type 0, expected 2"],
    ["a name beyond the message", [0x0a, 9, 65], CUT_SHORT],
    ["a name that is not UTF-8", [0x0a, 1, 0xff], "field 1 is not valid UTF-8"],
    ["a help text with half a character", [0x12, 1, 0xc3], "field 2 is not valid UTF-8"],
    ["a surrogate", [0x0a, 3, 0xed, 0xa0, 0x80], "field 1 is not valid UTF-8"],
    ["an overlong character", [0x0a, 2, 0xc0, 0x80], "field 1 is not valid UTF-8"],
    ["a unit that is not UTF-8", [0x2a, 1, 0x80], "field 5 is not valid UTF-8"],
  ])("refuses %s", (_, list, expected) => {
    expect(reasonOf(...list)).toBe(expected);
  });

  it.each<[string, number[]]>([
    ["an integer", [0x50, 0xff, 1]],
    ["64 bits", [0x51, 1, 2, 3, 4, 5, 6, 7, 8]],
    ["bytes", [0x52, 2, 0xff, 0xff]],
    ["32 bits", [0x55, 1, 2, 3, 4]],
    ["an empty group", [0x53, 0x54]],
    ["groups in groups", [0x53, 0x5b, 0x08, 1, 0x5c, 0x0a, 1, 0xff, 0x54]],
    ["the highest field number", [0xf8, 0xff, 0xff, 0xff, 0x0f, 1]],
  ])("passes over an unknown field: %s", (_, list) => {
    expect(extended(...list)).toBe("1 family");
  });

  it.each<[string, number[], string]>([
    ["an integer", [0x50, 0xff], CUT_SHORT],
    ["64 bits", [0x51, 1, 2], CUT_SHORT],
    ["bytes", [0x52, 2, 0xff], CUT_SHORT],
    ["32 bits", [0x55, 1], CUT_SHORT],
    ["a group", [0x53, 0x50, 1], CUT_SHORT],
    ["a group that ends as another", [0x53, 0x5c], "mismatching end of a group"],
    ["the end of no group", [0x54], "end of a group that was not begun"],
    ["too many groups", Array<number>(101).fill(0x53), "groups are nested too deeply"],
    ["very many groups", Array<number>(20_000).fill(0x53), "groups are nested too deeply"],
    [
      "an integer of 65 bits",
      [0x50, ...Array<number>(9).fill(0xff), 2],
      "an integer has more than 64 bits",
    ],
  ])("refuses an unknown field that is broken: %s", (_, list, expected) => {
    expect(extended(...list)).toBe(expected);
  });

  it("passes over groups as deep as a hundred", () => {
    const nested = [...Array<number>(100).fill(0x53), ...Array<number>(100).fill(0x54)];
    expect(extended(...nested)).toBe("1 family");
  });

  it.each<[string, number[]]>([
    ["a group", [0x53, 0x54]],
    ["a double", [0x51, 1, 2, 3, 4, 5, 6, 7, 8]],
    ["text", [0x0a, 2, 65, 65]],
    ["a message", [0x22, 2, 0x12, 0]],
    ["an integer", [0x18, 0x81, 0]],
  ])("refuses a field that goes on beyond its message: %s", (_, list) => {
    const inner = list.slice(0, -1);
    const rest = list.at(-1) as number;
    const body = concat(bytes(inner.length), bytes(...inner, rest), delimited(gauge));
    expect(errorOf(body)).toBe(`protobuf parsing error in message 1: ${MESSAGE_CUT}`);
  });

  it("refuses a value that goes on beyond its metric", () => {
    const body = delimited(message([1, "x"], [3, 1n], [4, bytes(0x12, 9)], [99, "a longer text"]));
    expect(errorOf(body)).toBe(`protobuf parsing error in message 1: ${MESSAGE_CUT}`);
  });

  it("takes bytes for a text that was read before only where they are that text", () => {
    const label = (value: Uint8Array): [number, Uint8Array] => [
      METRIC.label,
      message([LABEL.name, "l"], [LABEL.value, value]),
    ];
    const encoder = new TextEncoder();
    let refused = 0;
    for (let first = 0x7e; first <= 0xff; first++) {
      for (let second = 0x7e; second <= 0xff; second++) {
        const text = String.fromCharCode(first, second);
        const one = message(label(encoder.encode(text)), [2, message([1, 1])]);
        const two = message(label(bytes(first, second)), [2, message([1, 1])]);
        const values = valuesOf(delimited(family("x", "gauge", [one, two])));
        if (values.length === 0) refused++;
        else if (values[1] === text) expect(first < 0x80 && second < 0x80).toBe(true);
      }
    }
    expect(refused).toBeGreaterThan(10_000);
  });

  it("reads texts alike of which only the inside differs", () => {
    const names = Array.from({ length: 3000 }, (_, i) => `a${i % 1000}z`);
    const metrics = names.map((l) => metric("gauge", message([1, 1]), { l }));
    expect(valuesOf(delimited(family("x", "gauge", metrics)))).toEqual(names);
  });
});

/** The value of each series' only label, or nothing when the body is refused. */
function valuesOf(body: Uint8Array): (string | undefined)[] {
  try {
    return parseProtobuf(body).flatMap(({ series }) => series.map((each) => each.labels[1]));
  } catch {
    return [];
  }
}
