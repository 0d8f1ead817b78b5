import { afterEach, describe, expect, it, vi } from "vitest";
import { Layout } from "../../src/store/layout.ts";
import { createStore, scrape, write } from "./builders.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

function body(version: number, value: number): string {
  return `# version ${version}\na ${value}\nbuild{version="${version}"} 1\n`;
}

describe("families whose blocks do not know yet that their numbers changed", () => {
  it("are forgotten with the layout that nobody has any more", () => {
    const { store } = createStore();
    const tell = vi.spyOn(Layout.prototype, "invalidateStale");
    for (let version = 0; version < 50; version++) {
      for (let value = 0; value < 5; value++) {
        store.accept(write("PUT", "a", body(version, value)));
        store.accept(write("PUT", "b", body(version, value + 1)));
      }
    }
    expect(tell).not.toHaveBeenCalled();
    const text = scrape(store);
    expect(text).toContain('a{instance="",job="a"} 4\n');
    expect(text).toContain('a{instance="",job="b"} 5\n');
    expect(tell).toHaveBeenCalledOnce();
  });

  it("are shown with their numbers when their group moves to another layout before a scrape", () => {
    const { store } = createStore();
    for (let value = 0; value < 5; value++) {
      for (const path of ["a", "b"]) store.accept(write("PUT", path, body(1, value)));
    }
    scrape(store);
    store.accept(write("PUT", "a", body(1, 7)));
    for (let i = 0; i < 2; i++) store.accept(write("POST", "a", "c 1\n"));
    const text = scrape(store);
    expect(text).toContain('a{instance="",job="a"} 7\n');
    expect(text).toContain('a{instance="",job="b"} 4\n');
  });
});
