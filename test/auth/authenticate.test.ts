import { createHash } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import type { Accounts } from "../../src/auth/accounts.ts";
import { challengeOf, createAuthenticator } from "../../src/auth/authenticate.ts";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const basic = (user: string, password: string): string => `Basic ${btoa(`${user}:${password}`)}`;

const ACCOUNTS: Accounts = {
  users: new Map([["alice", "hash of alice"]]),
  tokens: new Map([["ci", digest("ci token")], ["cron", digest("cron token")]]),
  permissions: new Map(),
};

function authenticator(accounts: Partial<Accounts> = {}) {
  const compare = vi.fn((password: string, hash: string) =>
    Promise.resolve(hash === `hash of ${password}`)
  );
  return { authenticate: createAuthenticator({ ...ACCOUNTS, ...accounts }, compare), compare };
}

describe("createAuthenticator", () => {
  it.each([
    [basic("alice", "alice"), "alice"],
    ["Bearer ci token".replace(" token", "%20token"), undefined],
    [basic("ci", "ci token"), "ci"],
    [basic("cron", "cron token"), "cron"],
    [basic("ci", "cron token"), undefined],
    [basic("alice", "ci token"), undefined],
    [basic("eve", "alice"), undefined],
    [basic("", ""), undefined],
    [basic("alice", "hash of alice"), undefined],
    [basic("ci", digest("ci token")), undefined],
    [`Bearer ${digest("ci token")}`, undefined],
    ["Bearer alice", undefined],
    [null, undefined],
    ["nonsense", undefined],
  ])("takes %j for %j", async (header, name) => {
    expect(await authenticator().authenticate(header)).toBe(name);
  });

  it("takes tokens as Bearer", async () => {
    const tokens = new Map([["one", digest("t-1")], ["two", digest("t-2")]]);
    const { authenticate, compare } = authenticator({ tokens });
    expect(await authenticate("Bearer t-1")).toBe("one");
    expect(await authenticate("bearer t-2")).toBe("two");
    expect(await authenticate("Bearer t-3")).toBeUndefined();
    expect(compare).not.toHaveBeenCalled();
  });

  it("spends on a wrong token in Basic what a wrong password costs", async () => {
    const { authenticate, compare } = authenticator();
    await authenticate(basic("ci", "wrong"));
    await authenticate(basic("eve", "wrong"));
    expect(compare.mock.calls).toEqual([["wrong", "hash of alice"], ["wrong", "hash of alice"]]);
  });
});

describe("challengeOf", () => {
  it("names the schemes that could help", () => {
    expect(challengeOf({ tokens: new Map() })).toBe('Basic realm="narthex"');
    expect(challengeOf(ACCOUNTS)).toBe(
      'Basic realm="narthex", Bearer realm="narthex"',
    );
  });
});
