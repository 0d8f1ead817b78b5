import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isLabelName, isMetricName } from "../../src/model/name.ts";
import {
  escapeLabelName,
  escapeName,
  ESCAPINGS,
  isEscaping,
  unescapeName,
} from "../../src/model/name-escaping.ts";
import { runs } from "../support/runs.ts";
import { anyChar } from "./any-char.ts";

const anyName = fc.array(fc.oneof(anyChar, fc.constantFrom("_", ".", ":", "a", "7", "U")), {
  minLength: 1,
  maxLength: 8,
}).map((chars) => chars.join(""));
const WELL_FORMED = ["underscores", "dots", "values"] as const;

describe("isEscaping", () => {
  it.each(ESCAPINGS)("knows %s", (escaping) => expect(isEscaping(escaping)).toBe(true));
  it.each(["", "none", "Values", "utf-8", "allow-utf8"])("does not know %j", (text) => {
    expect(isEscaping(text)).toBe(false);
  });
});

describe("escapeName", () => {
  it.each([
    ["", "", "", ""],
    ["a", "a", "a", "a"],
    ["a_b:c7", "a_b:c7", "a_b:c7", "a_b:c7"],
    ["_", "_", "_", "_"],
    ["my.metric", "my_metric", "my_dot_metric", "U__my_2e_metric"],
    ["my.metric_a", "my_metric_a", "my_dot_metric__a", "U__my_2e_metric__a"],
    ["a.b:c", "a_b:c", "a_dot_b:c", "U__a_2e_b:c"],
    ["a b", "a_b", "a__b", "U__a_20_b"],
    ["7", "_", "__", "U___37_"],
    ["7a7", "_a7", "__a7", "U___37_a7"],
    ["http.status:sum", "http_status:sum", "http_dot_status:sum", "U__http_2e_status:sum"],
    ["label with 😱", "label_with__", "label__with____", "U__label_20_with_20__1f631_"],
    ["日", "_", "__", "U___65e5_"],
    ["é", "_", "__", "U___e9_"],
    ["\n", "_", "__", "U___a_"],
    ["\u0000", "_", "__", "U___0_"],
    ["\u{10ffff}", "_", "__", "U___10ffff_"],
  ])("writes %j as %j, %j, %j", (name, underscores, dots, values) => {
    expect(WELL_FORMED.map((escaping) => escapeName(name, escaping))).toEqual([
      underscores,
      dots,
      values,
    ]);
    expect(escapeName(name, "allow-utf-8")).toBe(name);
  });

  it("makes valid names of all", () => {
    fc.assert(fc.property(anyName, fc.constantFrom(...WELL_FORMED), (name, escaping) => {
      expect(escapeName(name, escaping)).toSatisfy(isMetricName);
      expect(escapeLabelName(name, escaping)).toSatisfy(isLabelName);
    }));
  });

  it("changes no valid name, so that escaping twice changes nothing either", () => {
    fc.assert(fc.property(anyName, fc.constantFrom(...ESCAPINGS), (name, escaping) => {
      const escaped = escapeName(name, escaping);
      expect(escapeName(escaped, escaping)).toBe(escaped);
    }));
  });
});

describe("escapeLabelName", () => {
  it.each([
    ["a_b", "a_b", "a_b", "a_b"],
    ["a.b", "a_b", "a_dot_b", "U__a_2e_b"],
    ["a:b", "a_b", "a__b", "U__a_3a_b"],
    ["a:b.c", "a_b_c", "a__b_dot_c", "U__a_3a_b_2e_c"],
  ])("writes %j as %j, %j, %j", (name, underscores, dots, values) => {
    expect(WELL_FORMED.map((escaping) => escapeLabelName(name, escaping))).toEqual([
      underscores,
      dots,
      values,
    ]);
    expect(escapeLabelName(name, "allow-utf-8")).toBe(name);
  });
});

describe("unescapeName", () => {
  it.each([
    ["U__my_2e_metric", "my.metric"],
    ["U__a__b", "a_b"],
    ["U__a_2E_b", "a.b"],
    ["U___65e5__672c_", "日本"],
    ["U___1f631_", "😱"],
    ["U___10ffff_", "\u{10ffff}"],
    ["U___41_", "A"],
    ["U__a:b", "a:b"],
    ["U__", ""],
    ["U____", "_"],
  ])("reads %j as %j", (escaped, name) => expect(unescapeName(escaped)).toBe(name));

  it.each([
    ["", "no name"],
    ["a_2e_b", "no prefix"],
    ["u__a_2e_b", "another prefix"],
    ["U_a_2e_b", "half a prefix"],
    ["U__a_", "an underscore at the end"],
    ["U__a_2e", "no end"],
    ["U__a_zz_", "no hexadecimal number"],
    ["U__a_-1_", "a sign"],
    ["U__a_ 1_", "a blank"],
    ["U__a_0x41_", "a prefix of numbers"],
    ["U__a_110000_", "beyond Unicode"],
    ["U__a_0000041_", "seven digits"],
    ["U__a_d800_", "half a surrogate pair"],
    ["U__a_dfff_", "the other half"],
    ["U__a_2e_b_", "valid and invalid"],
  ])("leaves %j as it is: %s", (escaped) => expect(unescapeName(escaped)).toBe(escaped));

  it("reads what escapeName writes in the form of values", () => {
    // A valid name is not escaped, also not when it looks as if it were.
    const names = anyName.filter((name) => !isMetricName(name) || !name.startsWith("U__"));
    fc.assert(
      fc.property(names, (name) => {
        expect(unescapeName(escapeName(name, "values"))).toBe(name);
        expect(unescapeName(escapeLabelName(name, "values"))).toBe(name);
      }),
      { numRuns: runs(2000) },
    );
  });

  it("reads or leaves any text, and never makes half a surrogate pair", () => {
    const texts = fc.array(fc.constantFrom("_", "__", "d800", "dc00", "4", "a", "g", "1f631"))
      .map((parts) => `U__${parts.join("")}`);
    fc.assert(fc.property(texts, (text) => {
      const name = unescapeName(text);
      expect(name).not.toMatch(/\p{Cs}/u);
    }));
  });
});
