import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGroupKey } from "../../src/model/group-key.ts";
import { parseLabelText } from "../../src/model/label.ts";
import { mergeLabels } from "../../src/validate/merge-labels.ts";

/** `a=1 b=` as a flat list. */
function flat(text: string): string[] {
  return text === "" ? [] : text.split(" ").flatMap((pair) => pair.split("="));
}

describe("mergeLabels", () => {
  it.each([
    ["", "job=a", "instance= job=a"],
    ["", "job=a instance=i", "instance=i job=a"],
    ["x=1", "job=a", "instance= job=a x=1"],
    ["a=1", "job=a", "a=1 instance= job=a"],
    ["z=1 a=2 k=3", "job=a", "a=2 instance= job=a k=3 z=1"],
    ["job=b", "job=a", "instance= job=a"],
    ["instance=i", "job=a", "instance=i job=a"],
    ["instance=", "job=a", "instance= job=a"],
    ["instance=i", "job=a instance=k", "instance=k job=a"],
    ["instance=i", "job=a instance=", "instance= job=a"],
    ["instance=i z=1", "instance=k job=a z=2", "instance=k job=a z=2"],
    ["B=1 _=2", "job=a C=3", "B=1 C=3 _=2 instance= job=a"],
    ["a= b=", "job=a c=", "a= b= c= instance= job=a"],
    ["job=1 instance=2 a=3", "a=x b=y instance=z job=w", "a=x b=y instance=z job=w"],
  ])("labels %j in group %j as %j", (own, key, expected) => {
    const { labels, text } = mergeLabels(flat(own), createGroupKey(flat(key)));
    expect(labels).toEqual(flat(expected));
    expect(text).toBe(expected.replace(/=(\S*)/g, '="$1"').replaceAll(" ", ","));
  });

  it("escapes values in the text alone", () => {
    const { labels, text } = mergeLabels(["l", '"\\\n'], createGroupKey(["job", 'a"']));
    expect(labels).toEqual(["instance", "", "job", 'a"', "l", '"\\\n']);
    expect(text).toBe('instance="",job="a\\"",l="\\"\\\\\\n"');
  });

  it("makes nothing new for a series without labels of its own", () => {
    const key = createGroupKey(["job", "a"]);
    expect(mergeLabels([], key)).toEqual({ labels: key.forced, text: key.forcedText });
    expect(mergeLabels([], key).labels).toBe(key.forced);
  });

  it("leaves the list it is given alone", () => {
    const own = ["z", "1", "a", "2"];
    mergeLabels(own, createGroupKey(["job", "a"]));
    expect(own).toEqual(["z", "1", "a", "2"]);
  });

  it("does what a map would do, for any labels", () => {
    const name = fc.constantFrom("a", "b", "instance", "job", "z", "Z", "_");
    const labels = fc.dictionary(name, fc.string({ unit: "binary", maxLength: 3 }));
    fc.assert(fc.property(labels, labels, fc.string(), (own, others, job) => {
      const grouping = { ...others, job };
      const { labels, text } = mergeLabels(
        Object.entries(own).flat(),
        createGroupKey(Object.entries(grouping).flat()),
      );
      const expected = Object.entries({ instance: "", ...own, ...grouping })
        .sort(([a], [b]) => (a < b ? -1 : 1)).flat();
      expect(labels).toEqual(expected);
      expect(parseLabelText(text)).toEqual(expected);
    }));
  });
});
