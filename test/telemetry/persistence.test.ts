import { describe, expect, it } from "vitest";
import { textFormat } from "../../src/render/text.ts";
import { createPersistenceObserver } from "../../src/telemetry/persistence.ts";

function setUp(size?: number) {
  const observer = createPersistenceObserver({ groups: () => 3, size: () => size });
  const lines = (now = 0) => {
    const text = new TextDecoder().decode(textFormat.renderSeries(observer.collect(now)));
    return text.trimEnd().split("\n").map((line) => line.replace("pushgateway_persistence_", ""));
  };
  return { observer, lines };
}

describe("createPersistenceObserver", () => {
  it("begins healthy, with nothing stored", () => {
    expect(setUp().lines()).toEqual([
      "healthy 1",
      'commit_duration_seconds{quantile="0.1"} NaN',
      'commit_duration_seconds{quantile="0.5"} NaN',
      'commit_duration_seconds{quantile="0.9"} NaN',
      "commit_duration_seconds_sum 0",
      "commit_duration_seconds_count 0",
      "groups 3",
      "errors_total 0",
      "written_bytes_total 0",
    ]);
  });

  it("adds up what was stored and what failed", () => {
    const { observer, lines } = setUp();
    observer.committed(0.25, 100, 0);
    observer.committed(0.25, 11, 0);
    observer.failed();
    observer.failed();
    expect(lines()).toEqual(expect.arrayContaining([
      'commit_duration_seconds{quantile="0.5"} 0.25',
      "commit_duration_seconds_sum 0.5",
      "commit_duration_seconds_count 2",
      "errors_total 2",
      "written_bytes_total 111",
    ]));
  });

  it("forgets how long commits took after ten minutes, never how many they were", () => {
    const { observer, lines } = setUp();
    observer.committed(0.25, 100, 0);
    expect(lines(600_000)).toEqual(expect.arrayContaining([
      'commit_duration_seconds{quantile="0.9"} NaN',
      "commit_duration_seconds_count 1",
    ]));
  });

  it("says whether storage works", () => {
    const { observer, lines } = setUp();
    observer.health(false);
    expect(lines()).toContain("healthy 0");
    observer.health(true);
    expect(lines()).toContain("healthy 1");
  });

  it("says how large the storage is, where that is known", () => {
    expect(setUp(4096).lines()).toContain("size_bytes 4096");
    expect(setUp(0).lines()).toContain("size_bytes 0");
  });

  it("reserves the names and types of all its families, and explains each", () => {
    const { observer } = setUp(1);
    expect(observer.collect(0).map(({ name, type, help }) => ({ name, type, help })).sort(byName))
      .toEqual([...observer.definitions].sort(byName));
    for (const { help } of observer.definitions) expect(help).toMatch(/^[A-Z].*\.$/);
  });
});

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
