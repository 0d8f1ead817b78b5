import { describe, expect, it } from "vitest";
import { parseAuthorization } from "../../src/auth/authorization.ts";

const basic = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)));

describe("parseAuthorization", () => {
  it.each([
    [`Basic ${basic("a:b")}`, { kind: "basic", user: "a", password: "b" }],
    [`bASIC  ${basic("a:b:c")} `, { kind: "basic", user: "a", password: "b:c" }],
    [`Basic ${basic(":")}`, { kind: "basic", user: "", password: "" }],
    [`Basic ${basic("ü:\ufeff€")}`, { kind: "basic", user: "ü", password: "\ufeff€" }],
    ["Bearer a.b-c==", { kind: "bearer", token: "a.b-c==" }],
    ["bearer x", { kind: "bearer", token: "x" }],
  ])("reads %j", (header, credentials) => {
    expect(parseAuthorization(header)).toEqual(credentials);
  });

  it.each([
    null,
    "",
    "Basic",
    "Basic ",
    "Bearer ",
    "Bearer a b",
    `Basic ${basic("no colon")}`,
    "Basic !!!",
    `Basic ${btoa("\xff:\xff")}`,
    `Digest ${basic("a:b")}`,
  ])("finds nothing in %j", (header) => {
    expect(parseAuthorization(header)).toBeUndefined();
  });
});
