import { describe, expect, it } from "vitest";
import { parseRedisUrl } from "../../src/persist/redis-url.ts";

describe("parseRedisUrl", () => {
  const plain = {
    tls: false,
    host: "cache",
    port: 6379,
    username: undefined,
    password: undefined,
    database: 0,
    prefix: "narthex:",
    files: {},
    description: "redis://cache:6379/0?prefix=narthex:",
  };

  it.each([
    ["redis://cache", {}],
    ["redis://cache/", {}],
    ["REDIS://cache:6379/0", {}],
    ["redis://cache:7000/12", {
      port: 7000,
      database: 12,
      description: "redis://cache:7000/12?prefix=narthex:",
    }],
    ["redis://cache?prefix=a%20b%0A:ä", {
      prefix: "a b\n:ä",
      description: "redis://cache:6379/0?prefix=a%20b%0A:%C3%A4",
    }],
    ["redis://[::1]:7000", {
      host: "::1",
      port: 7000,
      description: "redis://[::1]:7000/0?prefix=narthex:",
    }],
    ["redis://user:secret@cache", { username: "user", password: "secret" }],
    ["redis://:secret@cache", { password: "secret" }],
    ["redis://us%40er:p%2F%3F%23%40%25%C3%A4@cache", { username: "us@er", password: "p/?#@%ä" }],
    ["rediss://cache?ca=/etc/ca.pem&cert=c.pem&key=k.pem", {
      tls: true,
      files: { ca: "/etc/ca.pem", cert: "c.pem", key: "k.pem" },
      description: "rediss://cache:6379/0?prefix=narthex:",
    }],
  ])("reads %s", (text, expected) => {
    expect(parseRedisUrl(text)).toEqual({ ...plain, ...expected });
  });

  it.each([
    ["", "not an address of Redis"],
    ["redis", "not an address of Redis"],
    ["http://user:secret@cache", "not an address of Redis"],
    ["redis+unix://secret", "not an address of Redis"],
    ["redis://user:sec/ret@cache", "not an address of Redis"],
    ["redis://user:sec#ret@cache:99999", "not an address of Redis"],
    ["redis://", "names no host"],
    ["redis:///0", "names no host"],
    ["redis://:secret@cache#secret", 'has a "#"'],
    ["redis://:secret%@cache", 'a "%" that begins no escape'],
    ["redis://cache/secret", "must be the number of a database"],
    ["redis://cache/-1", "must be the number of a database"],
    ["redis://cache/0/1", "must be the number of a database"],
    ["redis://cache?secret=1", "unknown setting; known are prefix, ca, cert, key"],
    ["redis://cache?prefix=", "prefix in the address of Redis must not be empty"],
    ["redis://cache?prefix=a&prefix=b", "sets prefix more than once"],
    ["redis://cache?ca=secret", "ca in the address of Redis needs rediss://"],
    ["rediss://cache?ca=", "ca in the address of Redis names no file"],
    ["rediss://cache?cert=secret", "cert and key in the address of Redis need each other"],
  ])("refuses %s", (text, message) => {
    expect(() => parseRedisUrl(text)).toThrow(message);
  });

  it("never repeats what could be a password", () => {
    const wrong = [
      "redis://user:sec/ret@cache",
      "redis://user:sec?ret@cache",
      "redis://user:sec#ret@cache",
      "redis://user:sec%ret@cache",
      "redis//user:secret@cache",
      "https://user:secret@cache",
      "redis://user:secret@cache:port",
      "redis://user:secret@cache/secret",
      "redis://user:secret@cache?secret=secret",
    ];
    for (const text of wrong) {
      const said = (() => {
        try {
          return JSON.stringify(parseRedisUrl(text));
        } catch (error) {
          return String(error);
        }
      })();
      expect(said).toMatch(/^Error: /);
      expect(said).not.toMatch(/sec|ret\b/);
    }
  });
});
