/** Which processes are certainly gone. */

import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import process from "node:process";
import { expect, it } from "vitest";
import { describeProcess, isProcessGone } from "../../src/runtime/process-owner.ts";

const ENDED = spawnSync("true").pid;
const HERE = hostname();

it("names this process", () => {
  expect(describeProcess()).toEqual({
    host: HERE,
    pid: process.pid,
    process: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

it.each([
  ["this process itself", false, describeProcess()],
  ["one that had the id of this one", true, { host: HERE, pid: process.pid, process: "other" }],
  ["one that has ended", true, { host: HERE, pid: ENDED, process: "other" }],
  ["one that runs", false, { host: HERE, pid: process.ppid, process: "other" }],
  ["one that ended on another machine", false, { host: "elsewhere", pid: ENDED, process: "other" }],
  ["one on a machine without a name", false, { host: "", pid: ENDED, process: "other" }],
  ["one whose id is none", false, { host: HERE, pid: NaN, process: "other" }],
  ["one whose id means a group", false, { host: HERE, pid: -1, process: "other" }],
])("%s", (_, isGone, owner) => expect(isProcessGone(owner)).toBe(isGone));
