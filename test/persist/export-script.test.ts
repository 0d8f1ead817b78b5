import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { StoredFamily } from "../../src/model/family.ts";
import { createGroupKey } from "../../src/model/group-key.ts";
import { EXPORT_FOOT, EXPORT_HEAD, exportGroup } from "../../src/persist/export-script.ts";
import { parseGroupingPath } from "../../src/http/grouping-path.ts";

const folder = mkdtempSync(join(tmpdir(), "narthex-export-"));
afterAll(() => rmSync(folder, { recursive: true }));

function gauge(name: string, labels: string, value: number, help = ""): StoredFamily {
  return { name, type: "gauge", help, labels: [labels], samples: [value], pushedAt: 0 };
}

/** What a curl that only writes down what it is called with was called with. */
function replay(script: string): { readonly status: number | null; readonly calls: string } {
  const curl = join(folder, "curl");
  const log = join(folder, "log");
  writeFileSync(log, "");
  writeFileSync(
    curl,
    `#!/bin/sh\nfor last; do :; done\n{ echo "> $last"; cat; } >> '${log}'\ncase $last in *fail*) exit 22;; esac\n`,
  );
  chmodSync(curl, 0o755);
  const env = { PATH: `${folder}:/usr/bin:/bin`, PUSHGATEWAY: "http://gw", HOME: "/root" };
  const { status } = spawnSync("/bin/sh", ["-c", script], { env, encoding: "utf8" });
  return { status, calls: readFileSync(log, "utf8") };
}

describe("exportGroup", () => {
  it("renders a push that a shell carries out", () => {
    const family = gauge("m", 'a="$HOME `x` \\\\ \\" \' !",job="j"', 1, "It's \\ $HOME");
    const { text, losses } = exportGroup('instance="i",job="j"', [family]);
    expect(losses).toEqual([]);
    expect(replay(EXPORT_HEAD + text + EXPORT_FOOT)).toEqual({
      status: 0,
      calls: "> http://gw/metrics/job/j/instance/i\n# HELP m It's \\\\ $HOME\n# TYPE m gauge\n" +
        'm{a="$HOME `x` \\\\ \\" \' !",job="j"} 1\n',
    });
  });

  it("goes on behind a push that fails, and ends with 1", () => {
    const groups = ["fail", "ok"].map((job) =>
      exportGroup(`job="${job}"`, [gauge("m", "", 1)]).text
    );
    const { status, calls } = replay(EXPORT_HEAD + groups.join("") + EXPORT_FOOT);
    expect(status).toBe(1);
    expect(calls).toContain("> http://gw/metrics/job/ok\n");
  });

  it("leaves push times out, and keeps a group that has nothing else", () => {
    const { text } = exportGroup('job="j"', [gauge("push_time_seconds", 'job="j"', 5)]);
    expect(text).toBe("push '/metrics/job/j' <<'END_OF_PUSH'\nEND_OF_PUSH\n");
  });

  it.each([
    "",
    ".",
    "..",
    "a/b",
    "a\\b",
    "it's",
    "ä €💩",
    "100%",
    "a b",
    "=",
    "+",
    "\n",
    "?#&",
    "/",
  ])(
    "writes the value %j so that the path is read back",
    (value) => {
      for (const labels of [["job", "j", "l", value], ...(value === "" ? [] : [["job", value]])]) {
        const key = createGroupKey(labels);
        const { text } = exportGroup(key.id, [gauge("m", "", 1)]);
        const path = /^push '([^']*)'/.exec(text)?.[1] ?? "";
        // As curl would: what is not allowed in a URL is not touched, dot segments are folded.
        expect(new URL(`http://gw${path}`).pathname).toBe(path);
        expect(parseGroupingPath(path).id).toBe(key.id);
      }
    },
  );

  it("writes names of labels that the legacy rule does not allow", () => {
    const key = createGroupKey(["job", "j", "a.ü", "v"]);
    const path = /^push '([^']*)'/.exec(exportGroup(key.id, [gauge("m", "", 1)]).text)?.[1] ?? "";
    expect(parseGroupingPath(path, true).id).toBe(key.id);
  });

  it("says what it cannot carry over", () => {
    expect(exportGroup('a="b"', [gauge("m", "", 1)])).toEqual({
      text: "",
      losses: ['{a="b"}: a group without a job'],
    });
    expect(exportGroup('job="j"', [gauge("m", 'a="\0"', 1)]).losses).toHaveLength(1);
    const extras = { unit: "", utf8: false, wire: [new Uint8Array(1)] };
    const { text, losses } = exportGroup('job="j"', [{ ...gauge("m", "", 1), extras }]);
    expect(text).toContain("m 1\n");
    expect(losses).toEqual(['{job="j"} m: what only protobuf says of it, such as native buckets']);
  });
});
