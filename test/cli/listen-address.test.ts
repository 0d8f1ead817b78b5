import { describe, expect, it } from "vitest";
import { formatListenAddress, parseListenAddress } from "../../src/cli/listen-address.ts";

const VALID: readonly (readonly [text: string, hostname: string | undefined, port: number])[] = [
  [":9091", undefined, 9091],
  [":0", undefined, 0],
  [":65535", undefined, 65535],
  ["127.0.0.1:0", "127.0.0.1", 0],
  ["0.0.0.0:9091", "0.0.0.0", 9091],
  ["localhost:9091", "localhost", 9091],
  ["push-gateway.example.org:80", "push-gateway.example.org", 80],
  ["[::1]:9091", "::1", 9091],
  ["[::]:9091", "::", 9091],
  ["[::ffff:127.0.0.1]:9091", "::ffff:127.0.0.1", 9091],
  ["[fe80::1%eth0]:9091", "fe80::1%eth0", 9091],
];

const INVALID = [
  "",
  ":",
  "9091",
  "localhost",
  "localhost:",
  "127.0.0.1",
  "::1",
  "::1:9091",
  "[::1]",
  "[::1]9091",
  "[]:9091",
  "[::1:9091",
  "::1]:9091",
  "[localhost]:9091",
  "[::1%]:9091",
  ":http",
  "foo:bar",
  ":-1",
  ":+1",
  ":1.5",
  ":65536",
  ":99999",
  ":123456",
  ":9091 ",
  " :9091",
  ":9091\n",
  "a b:9091",
  "http://localhost:9091",
  "localhost/x:9091",
  "unix:/run/narthex.sock",
];

describe("parseListenAddress", () => {
  it.each(VALID)("reads %s", (text, hostname, port) => {
    expect(parseListenAddress(text)).toEqual({ hostname, port });
  });

  it("reads a port with leading zeros, as Go does", () => {
    expect(parseListenAddress("127.0.0.1:09091")).toEqual({ hostname: "127.0.0.1", port: 9091 });
  });

  it("reads an IPv4 address in brackets, as Go does", () => {
    expect(parseListenAddress("[127.0.0.1]:80")).toEqual({ hostname: "127.0.0.1", port: 80 });
  });

  it.each(INVALID)("refuses %j", (text) => {
    expect(parseListenAddress(text)).toBeUndefined();
  });
});

describe("formatListenAddress", () => {
  it.each(VALID)("prints %s", (text, hostname, port) => {
    expect(formatListenAddress({ hostname, port })).toBe(text);
  });
});
