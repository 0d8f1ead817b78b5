import { hashSync } from "bcryptjs";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  AccountsError,
  type AccountSettings,
  isAllowed,
  readAccounts,
} from "../../src/auth/accounts.ts";

const HASH = hashSync("correct horse", 4);
const DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

const sha256 = (text: string): string =>
  `sha256:${createHash("sha256").update(text).digest("hex")}`;
const map = (value: object): Map<string, unknown> => new Map(Object.entries(value));

describe("readAccounts", () => {
  it("finds nobody in nothing", () => {
    for (const settings of [{}, { basic_auth_users: null, bearer_tokens: undefined }]) {
      const { users, tokens, permissions } = readAccounts(settings);
      expect([users.size, tokens.size, permissions.size]).toEqual([0, 0, 0]);
    }
  });

  it("reads users, tokens and permissions", () => {
    const accounts = readAccounts({
      basic_auth_users: map({ alice: HASH }),
      bearer_tokens: map({ ci: `sha256:${DIGEST.toUpperCase()}` }),
      permissions: map({ ci: map({ roles: ["push"], tenants: ["a", "b"] }), alice: map({}) }),
    });
    expect(accounts.users).toEqual(new Map([["alice", HASH]]));
    expect(accounts.tokens).toEqual(new Map([["ci", DIGEST]]));
    expect(accounts.permissions.get("ci")).toEqual({
      roles: new Set(["push"]),
      tenants: new Set(["a", "b"]),
    });
  });

  it.each<[AccountSettings, string]>([
    [{ basic_auth_users: "alice" }, "basic_auth_users: expected names with values"],
    [{ basic_auth_users: [] }, "basic_auth_users: expected names with values"],
    [{ basic_auth_users: map({ alice: "hunter2" }) }, "basic_auth_users.alice: expected a bcrypt"],
    [{ basic_auth_users: map({ alice: 5 }) }, "basic_auth_users.alice: expected a bcrypt hash"],
    [{ basic_auth_users: map({ "a:b": HASH }) }, "basic_auth_users: a name has no colon"],
    [{ basic_auth_users: new Map([[1, HASH]]) }, "basic_auth_users: a name is no text"],
    [{ bearer_tokens: map({ ci: "hunter2" }) }, "bearer_tokens.ci: expected sha256: and the"],
    [{ bearer_tokens: map({ ci: sha256("") }) }, "bearer_tokens.ci: it is the digest of an empty"],
    [
      { bearer_tokens: map({ ci: sha256("\n") }) },
      "bearer_tokens.ci: it is the digest of an empty",
    ],
    [
      { bearer_tokens: map({ a: `sha256:${DIGEST}`, b: `sha256:${DIGEST.toUpperCase()}` }) },
      "bearer_tokens.b: it is the same token as that of a",
    ],
    [{ bearer_tokens: map({ ci: DIGEST }) }, "bearer_tokens.ci: expected sha256: and the"],
    [{ bearer_tokens: map({ ci: `sha256:${DIGEST}0` }) }, "bearer_tokens.ci: expected sha256:"],
    [{ permissions: map({ ci: map({}) }) }, "permissions.ci: there is no such user or token"],
    [
      { basic_auth_users: map({ a: HASH }), bearer_tokens: map({ a: `sha256:${DIGEST}` }) },
      "a is both a user and a token",
    ],
    [withPermission([]), "permissions.a: expected roles or tenants"],
    [withPermission(map({ role: ["push"] })), "permissions.a: unknown key role"],
    [withPermission(map({ roles: "push" })), "permissions.a.roles: expected a list of names"],
    [withPermission(map({ roles: ["write"] })), "permissions.a.roles: expected some of push, read"],
    [withPermission(map({ roles: null })), "permissions.a.roles: expected a list of names"],
    [withPermission(map({ tenants: [1] })), "permissions.a.tenants: expected a list of names"],
  ])("refuses %o", (settings, message) => {
    expect(() => readAccounts(settings)).toThrow(AccountsError);
    expect(() => readAccounts(settings)).toThrow(message);
    expect(() => readAccounts(settings)).not.toThrow(/hunter2/);
  });
});

describe("isAllowed", () => {
  const accounts = readAccounts({
    basic_auth_users: map({ a: HASH, b: HASH, c: HASH, d: HASH }),
    permissions: map({
      b: map({ roles: ["read"] }),
      c: map({ tenants: ["t"] }),
      d: map({ roles: [], tenants: [] }),
    }),
  });

  it.each(
    [
      ["a", "admin", "t", true],
      ["b", "read", "t", true],
      ["b", "push", "t", false],
      ["b", "admin", undefined, false],
      ["c", "admin", "t", true],
      ["c", "read", "other", false],
      ["c", "read", undefined, true],
      ["d", "read", "t", false],
    ] as const,
  )("%s may %s in %s: %s", (name, role, tenant, allowed) => {
    expect(isAllowed(accounts, name, role, tenant)).toBe(allowed);
  });
});

function withPermission(permission: unknown): AccountSettings {
  return { basic_auth_users: map({ a: HASH }), permissions: map({ a: permission as object }) };
}
