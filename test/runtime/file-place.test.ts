import { describe, expect, it } from "vitest";
import { isMountPoint } from "../../src/runtime/file-place.ts";

const MOUNTS = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 254:0 /var/data/groups.db /data/my\\040groups.db rw,relatime - ext4 /dev/vda rw
41 22 0:30 / /data rw - tmpfs tmpfs rw
`;

describe("isMountPoint", () => {
  it.each([
    ["/data/my groups.db", true],
    ["/data", true],
    ["/data/my\\040groups.db", false],
    ["/data/groups.db", false],
    ["/var/data/groups.db", false],
  ])("%j: %s", (path, expected) => {
    expect(isMountPoint(path, MOUNTS)).toBe(expected);
  });

  it("knows nothing without a list", () => {
    expect(isMountPoint("/data", "")).toBe(false);
  });
});
