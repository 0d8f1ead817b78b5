import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseGroupingPath } from "../../src/http/grouping-path.ts";
import { GatewayError } from "../../src/model/error.ts";
import { labelText } from "../../src/model/label.ts";
import { escapeLabelName } from "../../src/model/name-escaping.ts";
import { anyChar } from "../model/any-char.ts";

function idOf(path: string): string {
  return parseGroupingPath(path).id;
}

function errorOf(path: string): string {
  try {
    return `accepted as ${idOf(path)}`;
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ kind: "malformed" });
    return (error as GatewayError).message;
  }
}

describe("parseGroupingPath", () => {
  it.each([
    ["/metrics/job/a", 'job="a"'],
    ["/metrics/job/a/", 'job="a"'],
    ["/metrics/job/a/b/c", 'b="c",job="a"'],
    ["/metrics/job/a/b/", 'b="",job="a"'],
    ["/metrics/job/a/b/c/d/", 'b="c",d="",job="a"'],
    ["/metrics/job/a/z/1/B/2/_c/3", 'B="2",_c="3",job="a",z="1"'],
    ["/metrics/job/a/instance/i", 'instance="i",job="a"'],
    ["/metrics/job/a+b", 'job="a+b"'],
    ["/metrics/job/a%2Bb%20c", 'job="a+b c"'],
    ["/metrics/job/a/path/%2Fvar%2ftmp", 'job="a",path="/var/tmp"'],
    ["/metrics/job/a%2fb", 'job="a/b"'],
    ["/metrics/job/%C3%A4/l/%F0%9F%98%80", 'job="ä",l="😀"'],
    ["/metrics/job/%EF%BB%BFa", 'job="\ufeffa"'],
    ["/metrics/job/a%00", 'job="a\0"'],
    ["/metrics/job/a/l/%22%5C%0A", 'job="a",l="\\"\\\\\\n"'],
    ["/metrics/job/a/l/a%5Cb", 'job="a",l="a\\\\b"'],
    ["/metrics/job/a/l/...", 'job="a",l="..."'],
    ["/metrics/job/a/l/.b", 'job="a",l=".b"'],
    ["/metrics/job/a/l/%25", 'job="a",l="%"'],
    ["/metrics/job/a/%6c/b", 'job="a",l="b"'],
    ["/metrics/job/a/b/1/b/2", 'b="2",job="a"'],
    ["/metrics/job/a/job/b", 'job="a"'],
    ["/metrics/job/a/job@base64/Yg", 'job="a"'],
    ["/metrics/job@base64/YQ", 'job="a"'],
    ["/metrics/job@base64/YQ==", 'job="a"'],
    ["/metrics/job@base64/YQ=", 'job="a"'],
    ["/metrics/job%40base64/YQ", 'job="a"'],
    ["/metrics/job@base64/_-8", null],
    ["/metrics/job@base64/w6Q", 'job="ä"'],
    ["/metrics/job@base64/L3Zhci90bXA/l/b", 'job="/var/tmp",l="b"'],
    ["/metrics/job/a/l@base64/=", 'job="a",l=""'],
    ["/metrics/job/a/l@base64/", 'job="a",l=""'],
    ["/metrics/job/a/l@base64/%3D", 'job="a",l=""'],
    ["/metrics/job/a/l@base64/L3Zhcg==/m/b", 'job="a",l="/var",m="b"'],
    ["/metrics/job/a/l@base64/4oKs", 'job="a",l="€"'],
    ["/metrics/job/a/l@base64/Li4", 'job="a",l=".."'],
    ["/metrics/job/a/l@base64/77-_", 'job="a",l="\uffff"'],
    ["/metrics/job/a/l%40base64/Yg", 'job="a",l="b"'],
    ["/metrics/job/YQ", 'job="YQ"'],
    ["/metrics/job/a/l/b@base64", 'job="a",l="b@base64"'],
  ])("reads %s", (path, id) => {
    if (id === null) expect(errorOf(path)).toBe("job name is not valid UTF-8");
    else expect(idOf(path)).toBe(id);
  });

  it.each([
    ["/metrics/job/", "job name is required"],
    ["/metrics/job", "job name is required"],
    ["/metrics/job@base64/", "job name is required"],
    ["/metrics/job@base64/=", "job name is required"],
    ["/metrics/job@base64/=/a/b", "job name is required"],
    ["/metrics/job/a/b", 'odd number of components in label string "/b"'],
    ["/metrics/job/a/b/c/d", 'odd number of components in label string "/b/c/d"'],
    ["/metrics/job/a/b/c/", 'odd number of components in label string "/b/c/"'],
    ["/metrics/job/a/b-c/d", 'improper label name "b-c"'],
    ["/metrics/job/a/1b/d", 'improper label name "1b"'],
    ["/metrics/job/a/b:c/d", 'improper label name "b:c"'],
    ["/metrics/job/a/%C3%A4/d", 'improper label name "ä"'],
    ["/metrics/job/a/b%0A/d", 'improper label name "b\\n"'],
    ["/metrics/job/a/__b/d", 'improper label name "__b"'],
    ["/metrics/job/a/__name__/d", 'improper label name "__name__"'],
    ["/metrics/job/a/@base64/YQ", 'improper label name ""'],
    ["/metrics/job/a/b-c@base64/YQ", 'improper label name "b-c"'],
    ["/metrics/job/a/b@base64@base64/YQ", 'improper label name "b@base64"'],
    [
      "/metrics/job/a/l@base64/a",
      'invalid base64 encoding for label l="a": illegal base64 data at input byte 0',
    ],
    [
      "/metrics/job/a/l@base64/a+b",
      'invalid base64 encoding for label l="a+b": illegal base64 data at input byte 1',
    ],
    [
      "/metrics/job/a/l@base64/ab%2Fc",
      'invalid base64 encoding for label l="ab/c": illegal base64 data at input byte 2',
    ],
    [
      "/metrics/job@base64/a=b",
      'invalid base64 encoding in job name "": illegal base64 data at input byte 1',
    ],
    [
      "/metrics/job@base64/YWJj%21",
      'invalid base64 encoding in job name "abc": illegal base64 data at input byte 4',
    ],
    ["/metrics/job/a/l@base64/_w", "value of label l is not valid UTF-8"],
    ["/metrics/job@base64/7aCA", "job name is not valid UTF-8"],
    ["/metrics/job/%ff", 'path segment "%ff" is not valid UTF-8'],
    ["/metrics/job/a/l/%ED%A0%80", 'path segment "%ED%A0%80" is not valid UTF-8'],
    ["/metrics/job/a/l/%C3", 'path segment "%C3" is not valid UTF-8'],
    ["/metrics/job/a/l/%zz", 'invalid URL escape "%zz"'],
    ["/metrics/job/a/l/b%4", 'invalid URL escape "%4"'],
    ["/metrics/job/a/l/100%", 'invalid URL escape "%"'],
    // The job's encoding comes first, then the other labels, then whether there is a job.
    [
      "/metrics/job@base64/!/b",
      'invalid base64 encoding in job name "": illegal base64 data at input byte 0',
    ],
    ["/metrics/job@base64/=/b", 'odd number of components in label string "/b"'],
    ["/metrics/job@base64/=/b-c/d", 'improper label name "b-c"'],
  ])("refuses %s: %s", (path, message) => expect(errorOf(path)).toBe(message));

  it.each([
    "/metrics/job//a/b",
    "/metrics/job/a//b",
    "/metrics/job/a/b//c/d",
    "/metrics/job/a//",
    "/metrics/job//",
  ])("refuses an empty segment with a hint: %s", (path) => {
    expect(errorOf(path)).toBe("empty segment in the path; write an empty value as LABEL@base64/=");
  });

  it.each([
    ["/metrics/job/..", '".."'],
    ["/metrics/job/a/instance/..", '".."'],
    ["/metrics/job/a/instance/.", '"."'],
    ["/metrics/job/a/instance/%2e%2E", '"%2e%2E"'],
    ["/metrics/job/a/instance/.%2e", '".%2e"'],
    ["/metrics/job/a/./b/c", '"."'],
    ["/metrics/job/a/b/c\\d", '"c\\\\d"'],
    ["/metrics/../metrics/job/a", '".."'],
    ["/x/../metrics/job/a", '".."'],
    ["/./metrics/job/a", '"."'],
    ["/%2e/metrics/job/a", '"%2e"'],
    ["/metrics\\job\\a", '"metrics\\\\job\\\\a"'],
  ])("refuses what others fold away, with a hint: %s", (path, quoted) => {
    expect(errorOf(path)).toBe(
      `path segment ${quoted} is not preserved in URLs; write it in base64 as LABEL@base64/VALUE`,
    );
  });

  const utf8 = (path: string) => parseGroupingPath(path, true);

  it.each([
    ["/metrics/job/a/b/c", 'b="c",job="a"'],
    ["/metrics/job/a/my.label/c", 'job="a","my.label"="c"'],
    ["/metrics/job/a/%C3%A4/c", 'job="a","ä"="c"'],
    ["/metrics/job/a/1/c", '"1"="c",job="a"'],
    ["/metrics/job/a/b:c/d", '"b:c"="d",job="a"'],
    ["/metrics/job/a/b%2Fc/d", '"b/c"="d",job="a"'],
    ["/metrics/job/a/U__my_2e_label/c", 'job="a","my.label"="c"'],
    ["/metrics/job/a/U__a__b/c", 'a_b="c",job="a"'],
    ["/metrics/job/a/U__my_2e_label@base64/Yw", 'job="a","my.label"="c"'],
    ["/metrics/job/a/my.label@base64/Yw", 'job="a","my.label"="c"'],
    ["/metrics/job/a/b@base64@base64/Yw", '"b@base64"="c",job="a"'],
    ["/metrics/job/a/U__a_zz_/c", 'U__a_zz_="c",job="a"'],
    ["/metrics/job/a/U__a_d800_/c", 'U__a_d800_="c",job="a"'],
    ["/metrics/job/a/l/U__a_2e_b", 'job="a",l="U__a_2e_b"'],
    ["/metrics/job/U__a_2e_b", 'job="U__a_2e_b"'],
    ["/metrics/job/a/U__job/b", 'job="a"'],
    ["/metrics/job/a/my.label/1/U__my_2e_label/2", 'job="a","my.label"="2"'],
  ])("with UTF-8 names reads %s", (path, id) => {
    expect(utf8(path)).toMatchObject({ id, utf8: /(?:^|,)"/.test(id) });
  });

  it.each([
    ["/metrics/job/a/@base64/YQ", 'improper label name ""'],
    ["/metrics/job/a/U__/b", 'improper label name "U__"'],
    ["/metrics/job/a/__b/c", 'improper label name "__b"'],
    ["/metrics/job/a/__b.c/c", 'improper label name "__b.c"'],
    ["/metrics/job/a/U______b/c", 'improper label name "U______b"'],
    ["/metrics/job/a/U___5f__5f_b/c", 'improper label name "U___5f__5f_b"'],
    ["/metrics/job/a/%ff/c", 'path segment "%ff" is not valid UTF-8'],
  ])("with UTF-8 names refuses %s: %s", (path, message) => {
    expect(() => utf8(path)).toThrow(new GatewayError("malformed", message));
  });

  it("without UTF-8 names takes U__ as any other name", () => {
    expect(idOf("/metrics/job/a/U__my_2e_label/c")).toBe('U__my_2e_label="c",job="a"');
  });

  it("reads any name in the form of values", () => {
    const name = fc.string({ unit: anyChar, minLength: 1, maxLength: 6 })
      .filter((name) => !/^(?:U)?__/.test(name) && name !== "job");
    fc.assert(fc.property(name, (name) => {
      const segment = escapeLabelName(name, "values");
      expect(utf8(`/metrics/job/a/${segment}/v`).names).toEqual([name, "job"].sort());
    }));
  });

  it("reads any key back, percent-encoded or in base64, in any order", () => {
    const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,5}$/)
      .filter((name) => name !== "job" && !name.startsWith("__"));
    const value = fc.record({
      text: fc.string({ unit: "grapheme" }),
      encode: fc.boolean(),
      padded: fc.boolean(),
    });
    const segment = (
      name: string,
      { text, encode, padded }: { text: string; encode: boolean; padded: boolean },
    ) => {
      if (!encode && text !== "" && !/^\.{1,2}$/.test(text)) {
        return `${name}/${encodeURIComponent(text)}`;
      }
      const base64 = Buffer.from(text).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
      return `${name}@base64/${(padded ? base64 : base64.replaceAll("=", "")) || "="}`;
    };
    fc.assert(
      fc.property(
        value.filter(({ text }) => text !== ""),
        fc.uniqueArray(fc.tuple(name, value), { selector: ([name]) => name }),
        (job, labels) => {
          const path = [
            segment("job", job),
            ...labels.map(([name, value]) => segment(name, value)),
          ];
          const sorted = [["job", job] as const, ...labels].sort(([a], [b]) => (a < b ? -1 : 1));
          expect(idOf(`/metrics/${path.join("/")}`))
            .toBe(labelText(sorted.flatMap(([name, { text }]) => [name, text])));
        },
      ),
    );
  });
});
