import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatByteSize, parseByteSize } from "../../src/cli/byte-size.ts";

describe("parseByteSize", () => {
  const valid: readonly (readonly [text: string, bytes: number])[] = [
    ["1", 1],
    ["1048576", 1048576],
    ["512B", 512],
    ["1KiB", 1024],
    ["1KB", 1024],
    ["64MiB", 67108864],
    ["64MB", 67108864],
    ["2GiB", 2147483648],
    ["2GB", 2147483648],
    ["1.5GiB", 1610612736],
    ["0.5KiB", 512],
    ["0064MiB", 67108864],
  ];
  it.each(valid)("reads %s", (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes);
  });

  const invalid = [
    "",
    "B",
    "MiB",
    "foo",
    "0",
    "0MiB",
    "-1",
    "+1",
    "1.5",
    "1.0001KiB",
    ".5KiB",
    "1.KiB",
    "64 MiB",
    " 64MiB",
    "64MiB\n",
    "64mib",
    "64M",
    "64iB",
    "1TiB",
    "1e6",
    "0x10",
    "9007199254740993",
    "99999999GiB",
    "9".repeat(400),
  ];
  it.each(invalid)("refuses %j", (text) => {
    expect(parseByteSize(text)).toBeUndefined();
  });
});

describe("formatByteSize", () => {
  const cases: readonly (readonly [bytes: number, text: string])[] = [
    [1, "1B"],
    [1000, "1000B"],
    [1024, "1KiB"],
    [1536, "1536B"],
    [1572864, "1536KiB"],
    [67108864, "64MiB"],
    [3221225472, "3GiB"],
  ];
  it.each(cases)("prints %d as %s", (bytes, text) => {
    expect(formatByteSize(bytes)).toBe(text);
  });

  it("is undone by parseByteSize", () => {
    const size = fc.tuple(fc.integer({ min: 1, max: 2 ** 22 }), fc.constantFrom(0, 10, 20, 30));
    fc.assert(fc.property(size, ([count, power]) => {
      const bytes = count * 2 ** power;
      expect(parseByteSize(formatByteSize(bytes))).toBe(bytes);
    }));
  });
});
