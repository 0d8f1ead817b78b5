import { hashSync } from "bcryptjs";
import { describe, expect, it, vi } from "vitest";
import { compareAtOnce, createPasswordVerifier, isBcryptHash } from "../../src/auth/password.ts";

const HASH = hashSync("correct horse", 4);
const SLOW = hashSync("pässwörd", 6);
const USERS = new Map([["alice", HASH], ["bob", SLOW]]);

/** A verifier that notes the hashes it compares with. */
function spied(users: ReadonlyMap<string, string> = USERS) {
  const compare = vi.fn((password: string, hash: string) =>
    Promise.resolve(`${hash} of ${password}` === `${HASH} of correct horse`)
  );
  return { verify: createPasswordVerifier(users, compare), compare };
}

describe("isBcryptHash", () => {
  it.each([HASH, HASH.replace("$2b", "$2y"), HASH.replace("$2b", "$2a")])("takes %j", (text) => {
    expect(isBcryptHash(text)).toBe(true);
  });

  it.each(["", "secret", HASH.slice(1), `${HASH}x`, HASH.replace("$04", "$03"), `${HASH}\n`])(
    "refuses %j",
    (text) => {
      expect(isBcryptHash(text)).toBe(false);
    },
  );
});

describe("compareAtOnce", () => {
  it("needs no other turn of the event loop, which may never come", async () => {
    const answers: boolean[] = [];
    for (const password of ["correct horse", "wrong"]) {
      compareAtOnce(password, HASH).then((isRight) => answers.push(isRight));
    }
    await Promise.resolve();
    expect(answers).toEqual([true, false]);
  });
});

describe("createPasswordVerifier", () => {
  it("tells right from wrong with bcryptjs", async () => {
    const verify = createPasswordVerifier(USERS);
    expect(await verify("alice", "correct horse")).toBe(true);
    expect(await verify("bob", "pässwörd")).toBe(true);
    expect(await verify("alice", "correct horse ")).toBe(false);
    expect(await verify("alice", "pässwörd")).toBe(false);
    expect(await verify("bob", "")).toBe(false);
    expect(await verify("eve", "correct horse")).toBe(false);
  });

  it("knows the hashes of htpasswd", async () => {
    const hash = HASH.replace("$2b", "$2y");
    expect(await createPasswordVerifier(new Map([["a", hash]]))("a", "correct horse")).toBe(true);
  });

  it("remembers what was right and nothing else", async () => {
    const { verify, compare } = spied();
    for (let i = 0; i < 3; i++) expect(await verify("alice", "correct horse")).toBe(true);
    expect(compare).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 3; i++) expect(await verify("alice", "wrong")).toBe(false);
    expect(compare).toHaveBeenCalledTimes(4);
  });

  it("compares once for requests that come together", async () => {
    const { verify, compare } = spied();
    const all = await Promise.all(
      Array.from({ length: 9 }, () => verify("alice", "correct horse")),
    );
    expect(all).toEqual(Array(9).fill(true));
    expect(compare).toHaveBeenCalledTimes(1);
  });

  it("still remembers what was right after any number of guesses at once", async () => {
    const { verify, compare } = spied();
    expect(await verify("alice", "correct horse")).toBe(true);
    compare.mockReturnValue(new Promise(() => {}));
    for (let i = 0; i < 200; i++) void verify("alice", `wrong ${i}`);
    await vi.waitFor(() => expect(compare).toHaveBeenCalledTimes(201));
    expect(await verify("alice", "correct horse")).toBe(true);
  });

  it("spends on an unknown user what the most expensive known one costs", async () => {
    const { verify, compare } = spied();
    expect(await verify("eve", "correct horse")).toBe(false);
    expect(compare.mock.calls).toEqual([["correct horse", SLOW]]);
  });

  it("compares with nothing where there is nobody", async () => {
    const { verify, compare } = spied(new Map());
    expect(await verify("eve", "x")).toBe(false);
    expect(compare).not.toHaveBeenCalled();
  });

  it("forgets a comparison that failed for another reason", async () => {
    const { verify, compare } = spied();
    compare.mockRejectedValueOnce(new Error("out of memory"));
    await expect(verify("alice", "correct horse")).rejects.toThrow("out of memory");
    expect(await verify("alice", "correct horse")).toBe(true);
  });

  it("remembers a hundred at most", async () => {
    const users = new Map(Array.from({ length: 150 }, (_, i) => [`user${i}`, HASH] as const));
    const { verify, compare } = spied(users);
    for (const user of users.keys()) await verify(user, "correct horse");
    await verify("user149", "correct horse");
    expect(compare).toHaveBeenCalledTimes(150);
    await verify("user0", "correct horse");
    expect(compare).toHaveBeenCalledTimes(151);
  });
});
