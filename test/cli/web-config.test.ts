import { hashSync } from "bcryptjs";
import { describe, expect, it } from "vitest";
import { FlagError } from "../../src/cli/flag-error.ts";
import { parseAccountConfig } from "../../src/cli/web-config.ts";

const HASH = hashSync("correct horse", 4);
const DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

describe("parseAccountConfig", () => {
  it("reads what the reference's file says about users", () => {
    const text = `# comment\nbasic_auth_users:\n  alice: ${HASH}\n  "bob": '${HASH}'\n`;
    expect(parseAccountConfig(text).users).toEqual(new Map([["alice", HASH], ["bob", HASH]]));
  });

  it("reads tokens and permissions", () => {
    const { tokens, permissions } = parseAccountConfig(
      `bearer_tokens:\n  ci: sha256:${DIGEST}\npermissions: { ci: { roles: [push] } }`,
    );
    expect(tokens).toEqual(new Map([["ci", DIGEST]]));
    expect(permissions).toEqual(new Map([["ci", { roles: new Set(["push"]) }]]));
  });

  it("reads JSON, which is YAML", () => {
    expect(parseAccountConfig(JSON.stringify({ basic_auth_users: { a: HASH } })).users.size).toBe(
      1,
    );
  });

  it.each(["", "# nothing", "basic_auth_users:", "---\n"])("finds nobody in %j", (text) => {
    expect(parseAccountConfig(text).users.size).toBe(0);
  });

  it.each([
    ["basic_auth_user: {}", "unknown key basic_auth_user"],
    ["tls_server_config: {}", "tls_server_config has no effect here: remove it"],
    ["rate_limit: { interval: 1s }", "rate_limit has no effect here: remove it"],
    ["hunter2", "expected keys with values"],
    ["- hunter2", "expected keys with values"],
    ["1: hunter2", "expected keys with values"],
    ["basic_auth_users:\n  a: hunter2: b", "line 2 is no YAML: block as implicit key"],
    ["basic_auth_users:\n  a: hunter2\n  a: hunter2", "line 3 is no YAML: duplicate key"],
    ["basic_auth_users: {\n a: 'hunter2", "line 2 is no YAML: "],
    ["basic_auth_users: !hunter2 {}", "line 1 is no YAML: tag resolve failed"],
    ["basic_auth_users: *hunter2", "too many aliases, or one that leads nowhere"],
    ["basic_auth_users: { a: hunter2 }", "basic_auth_users.a: expected a bcrypt hash"],
    ["basic_auth_users: &a [*a]", "expected names with values"],
    ["basic_auth_users:\n  __proto__: hunter2", "basic_auth_users.__proto__: expected a bcrypt"],
  ])("refuses %j without quoting it", (text, message) => {
    const parse = () => parseAccountConfig(text);
    expect(parse).toThrow(FlagError);
    expect(parse).toThrow(message);
    expect(parse).not.toThrow(/hunter2/);
  });
});
