import { describe, expect, it } from "vitest";
import { lengthInGroup, MAX_GROUP_LENGTH } from "../../src/persist/group-record.ts";
import { FormFinder, type PlannedBatch, StoredForms } from "../../src/persist/stored-forms.ts";

function planned(parts: Partial<PlannedBatch["batch"]>, forms: PlannedBatch["forms"] = []) {
  return { batch: { wipe: false, clear: [], records: [], ...parts }, forms };
}

function formsOf(forms: StoredForms, ...groups: readonly string[]): string[] {
  return groups.map((group) => forms.of(group));
}

describe("StoredForms", () => {
  it("takes any group for one that is stored whole", () => {
    expect(new StoredForms().of("a")).toBe("whole");
  });

  it("knows what a batch made different once it is stored", () => {
    const forms = new StoredForms();
    forms.settle(planned({}, [["a", "families"], ["b", "families"]]));
    forms.settle(planned({ clear: ["a"], records: [{ group: "b", name: "x", text: "" }] }, [
      ["a", "whole"],
    ]));
    expect(formsOf(forms, "a", "b")).toEqual(["whole", "families"]);
    forms.settle(planned({ wipe: true }, [["c", "families"]]));
    expect(formsOf(forms, "a", "b", "c")).toEqual(["whole", "whole", "families"]);
  });

  it("knows nothing of what may be stored or not", () => {
    const forms = new StoredForms();
    forms.settle(planned({}, [["a", "families"], ["b", "families"]]));
    forms.doubt(planned({ clear: ["a"], records: [{ group: "c", name: "", text: "{}" }] }));
    expect(formsOf(forms, "a", "b", "c", "d")).toEqual(["unknown", "families", "unknown", "whole"]);
  });
});

describe("FormFinder", () => {
  const LONG = "x".repeat(MAX_GROUP_LENGTH);

  function find(...records: readonly (readonly [name: string, text: string, read?: boolean])[]) {
    const finder = new FormFinder();
    for (const [name, text, read = true] of records) finder.add({ group: "a", name, text }, read);
    return finder.finish().of("a");
  }

  it("tells groups that are whole from those that are not", () => {
    expect(find()).toBe("whole");
    expect(find(["", LONG])).toBe("whole");
    expect(find(["x", LONG])).toBe("families");
    expect(find(["x", LONG.slice(2000)], ["y", LONG.slice(2000)])).toBe("unknown");
    expect(find(["x", LONG.slice(1900)], ["y", LONG.slice(1900)])).toBe("families");
  });

  it("takes a group for whole in the making up to the very length", () => {
    const most = MAX_GROUP_LENGTH - "a".length - lengthInGroup("x", "");
    expect(find(["x", LONG.slice(0, most)])).toBe("unknown");
    expect(find(["x", LONG.slice(0, most + 1)])).toBe("families");
  });

  it("knows nothing of a group that is there in both forms", () => {
    expect(find(["", "{}"], ["x", LONG])).toBe("unknown");
    expect(find(["x", LONG], ["", "{}"])).toBe("unknown");
  });

  it("leaves a group as it is of which something cannot be read", () => {
    expect(find(["x", "1"], ["y", "1", false])).toBe("families");
    expect(find(["", "1", false])).toBe("whole");
  });
});
