import { describe, expect, it } from "vitest";
import type { Family } from "../../src/model/family.ts";
import { labelText, sortLabels } from "../../src/model/label.ts";
import { type Escaping, ESCAPINGS } from "../../src/model/name-escaping.ts";
import { createTextFormat } from "../../src/render/text.ts";

const decoder = new TextDecoder();

function render(family: Family, escaping: Escaping): string {
  const format = createTextFormat(escaping);
  const head = format.renderHead({ ...family, unit: "" }, 0);
  return decoder.decode(head) + decoder.decode(format.renderSeries([family]));
}

function familyOf(family: Partial<Family>, labels: readonly string[][]): Family {
  return {
    name: "x",
    type: "gauge",
    help: "",
    samples: labels.map(() => 1),
    extras: { unit: "", wire: [], utf8: true },
    ...family,
    labels: labels.map((list) => labelText(sortLabels(list))),
  } as Family;
}

describe("createTextFormat", () => {
  it.each(ESCAPINGS)("says that names are %s", (escaping) => {
    const { contentType, id } = createTextFormat(escaping);
    expect(contentType).toBe(`text/plain; version=0.0.4; charset=utf-8; escaping=${escaping}`);
    expect(id).toBe("text");
  });

  const cases: readonly (readonly [Escaping, string])[] = [
    [
      "underscores",
      '# HELP my_metric_x h"\n# TYPE my_metric_x gauge\nmy_metric_x 1\n' +
      'my_metric_x{a_b="\\"",job="j"} 1\n',
    ],
    [
      "dots",
      '# HELP my_dot_metric__x h"\n# TYPE my_dot_metric__x gauge\nmy_dot_metric__x 1\n' +
      'my_dot_metric__x{a_dot_b="\\"",job="j"} 1\n',
    ],
    [
      "values",
      '# HELP U__my_2e_metric__x h"\n# TYPE U__my_2e_metric__x gauge\n' +
      'U__my_2e_metric__x 1\nU__my_2e_metric__x{U__a_2e_b="\\"",job="j"} 1\n',
    ],
    [
      "allow-utf-8",
      '# HELP "my.metric_x" h"\n# TYPE "my.metric_x" gauge\n{"my.metric_x"} 1\n' +
      '{"my.metric_x","a.b"="\\"",job="j"} 1\n',
    ],
  ];
  it.each(cases)("writes names as %s", (escaping, text) => {
    const family = familyOf({ name: "my.metric_x", help: 'h"' }, [[], ["job", "j", "a.b", '"']]);
    expect(render(family, escaping)).toBe(text);
  });

  it.each<[Escaping, string]>([
    ["underscores", 'x{a_b="1",_="2"} 1\n'],
    ["dots", 'x{a__b="1",__="2"} 1\n'],
    ["values", 'x{U__a_3a_b="1",U___e9_="2"} 1\n'],
    ["allow-utf-8", 'x{"a:b"="1","é"="2"} 1\n'],
  ])("writes the names of labels under a name that needs nothing, as %s", (escaping, line) => {
    const family = familyOf({}, [["a:b", "1", "é", "2"]]);
    expect(render(family, escaping)).toBe(`# TYPE x gauge\n${line}`);
  });

  it("escapes what stands in quotes", () => {
    const family = familyOf({ name: 'a"b\\c\nd' }, [['e"\\\n', 'f"\\\n']]);
    const name = String.raw`"a\"b\\c\nd"`;
    expect(render(family, "allow-utf-8")).toBe(
      `# TYPE ${name} gauge\n{${name},${String.raw`"e\"\\\n"="f\"\\\n"`}} 1\n`,
    );
  });

  it.each<[Escaping, string]>([
    ["underscores", "my_h"],
    ["dots", "my_dot_h"],
    ["values", "U__my_2e_h"],
  ])("puts the suffixes behind names as %s", (escaping, name) => {
    const samples = [{ count: 3, sum: 4, points: [1], values: [2] }];
    const histogram = familyOf({ name: "my.h", type: "histogram", samples }, [["a.b", "c"]]);
    const label = render(familyOf({}, [["a.b", "c"]]), escaping).match(/\{(.*)\}/)?.[1];
    expect(render(histogram, escaping)).toBe(
      `# TYPE ${name} histogram\n${name}_bucket{${label},le="1"} 2\n` +
        `${name}_bucket{${label},le="+Inf"} 3\n${name}_sum{${label}} 4\n${name}_count{${label}} 3\n`,
    );
  });

  it("puts the suffixes into the quotes", () => {
    const samples = [{ count: 3, sum: 4, points: [0.5], values: [2] }];
    const one = (type: "histogram" | "summary") =>
      render(familyOf({ name: "my.h", type, samples } as Partial<Family>, [[]]), "allow-utf-8");
    expect(one("histogram")).toBe(
      '# TYPE "my.h" histogram\n{"my.h_bucket",le="0.5"} 2\n{"my.h_bucket",le="+Inf"} 3\n' +
        '{"my.h_sum"} 4\n{"my.h_count"} 3\n',
    );
    expect(one("summary")).toBe(
      '# TYPE "my.h" summary\n{"my.h",quantile="0.5"} 2\n{"my.h_sum"} 4\n{"my.h_count"} 3\n',
    );
  });

  it.each(ESCAPINGS)("leaves names that the legacy rule allows: %s", (escaping) => {
    const family = familyOf({ name: "a_b:c" }, [["d_e", "f"]]);
    expect(render(family, escaping)).toBe('# TYPE a_b:c gauge\na_b:c{d_e="f"} 1\n');
  });
});
