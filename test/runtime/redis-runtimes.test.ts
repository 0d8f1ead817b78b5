/** Redis on every runtime, each as a process of its own: over TCP and TLS, and what becomes of the store of a process that is killed. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle, BUNDLES, OPTIONAL_PACKAGES, ROOT } from "../../scripts/bundle.ts";
import { DURABLE, type RedisServer, startRedis } from "../contract/redis-server.ts";
import { describeWith, openssl, pathOf, redisServer } from "../e2e/tools.ts";
import { freePort } from "../support/free-port.ts";
import { bin } from "./artifacts.ts";
import { type GatewayProcess, spawnGateway } from "./spawn.ts";

const PROGRAM = join(ROOT, "test/runtime/redis-program.ts");
const folder = mkdtempSync(join(tmpdir(), "narthex-redis-runtimes-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** How each runtime runs the program. */
const COMMANDS: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  "Bun": () => Promise.resolve([bin("bun"), PROGRAM]),
  "the compiled binary": () => {
    const outfile = join(folder, "program");
    const packages = OPTIONAL_PACKAGES.map((name) => `--external=${name}`);
    const args = ["build", "--compile", "--minify", "--bytecode", ...packages];
    const options = { cwd: ROOT, stdio: "ignore" } as const;
    execFileSync(bin("bun"), [...args, `--outfile=${outfile}`, PROGRAM], options);
    return Promise.resolve([outfile]);
  },
  "Deno": () => Promise.resolve([bin("deno"), "run", "-A", PROGRAM]),
  "Node": async () => {
    const path = join(folder, "program.mjs");
    const code = await bundle({ ...BUNDLES["narthex.mjs"], entryPoints: [PROGRAM] });
    writeFileSync(path, code);
    return ["node", path];
  },
};

describeWith([redisServer], "Redis", () => {
  describe.each(Object.keys(COMMANDS))("on %s", (runtime) => {
    let command: readonly string[];
    let server: RedisServer;
    beforeAll(async () => {
      command = await (COMMANDS[runtime] as () => Promise<readonly string[]>)();
      server = await startRedis(...DURABLE);
    });
    afterAll(() => server.stop("SIGKILL"));

    const start = (url: string, leaseMs: number): GatewayProcess =>
      spawnGateway([...command, url, String(leaseMs)]);

    /** The log without the lines that runtimes add. */
    async function found(program: GatewayProcess): Promise<string> {
      const [, count = ""] = await program.waitFor(/^found (\d+)$/m);
      return count;
    }

    async function end(program: GatewayProcess): Promise<void> {
      program.kill("SIGTERM");
      expect(await program.exit).toEqual({ code: 0, signal: null });
      expect(program.stderr()).toMatch(/^closed$/m);
    }

    it("stores, is refused while another process has the store, and follows it", async () => {
      const first = start(server.url, 1500);
      expect(await found(first)).toBe("0");
      const second = start(server.url, 1500);
      expect(await second.exit).toEqual({ code: 1, signal: null });
      expect(second.stderr()).toMatch(
        /^error: redis:.* is in use by the gateway on host ".*" with pid \d+; stop that gateway/m,
      );
      await end(first);
      const third = start(server.url, 1500);
      expect(await found(third)).toBe("1");
      await end(third);
    });

    it.runIf(process.platform === "linux")(
      "does not wait for the lease of a process that was killed",
      async () => {
        // Waiting for it would take longer than the test may.
        const hour = 3_600_000;
        const first = start(`${server.url}/1`, hour);
        expect(await found(first)).toBe("0");
        first.kill("SIGKILL");
        await first.exit;
        const second = start(`${server.url}/1`, hour);
        expect(await found(second)).toBe("1");
        await end(second);
      },
    );

    it("says in one line when there is no server", async () => {
      const program = start(`redis://:secret@127.0.0.1:${await freePort()}`, 1500);
      expect(await program.exit).toEqual({ code: 1, signal: null });
      expect(program.stderr()).toMatch(/^error: redis:.* cannot be reached: .*ECONNREFUSED.*\n$/m);
      expect(program.stderr()).not.toContain("secret");
    });
  });
});

describeWith([redisServer, openssl], "Redis over TLS", () => {
  const file = (name: string) => join(folder, name);
  let server: RedisServer;
  let url: string;
  beforeAll(async () => {
    createCertificates();
    const port = await freePort();
    server = await startRedis(
      ...["--tls-port", String(port), "--tls-ca-cert-file", file("ca.pem")],
      ...["--tls-cert-file", file("server.pem"), "--tls-key-file", file("server.key")],
      ...DURABLE,
    );
    url = `rediss://localhost:${port}`;
  });
  afterAll(() => server.stop("SIGKILL"));

  /** An authority, another one that nobody trusts, and what the authority has signed for a server on localhost and a client. */
  function createCertificates(): void {
    const run = (...args: readonly string[]) =>
      execFileSync(pathOf(openssl), args, { cwd: folder, stdio: "ignore" });
    const key = ["-newkey", "rsa:2048", "-nodes", "-days", "2"];
    for (const name of ["ca", "other"]) {
      const authority = ["-subj", `/CN=${name}`, "-addext", "keyUsage=critical,keyCertSign"];
      run("req", "-x509", ...key, ...authority, "-keyout", `${name}.key`, "-out", `${name}.pem`);
    }
    for (const name of ["server", "client"]) {
      const names = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost"];
      const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "basicConstraints=CA:FALSE"];
      run(
        "req",
        "-x509",
        ...key,
        ...names,
        ...signed,
        ...["-keyout", `${name}.key`],
        "-out",
        `${name}.pem`,
      );
    }
  }

  const client = () => `cert=${file("client.pem")}&key=${file("client.key")}`;

  describe.each(Object.keys(COMMANDS))("on %s", (runtime) => {
    let command: readonly string[];
    beforeAll(async () => {
      command = await (COMMANDS[runtime] as () => Promise<readonly string[]>)();
    });

    it("stores where both sides trust each other, also after the server was killed", async () => {
      const address = `${url}?ca=${file("ca.pem")}&${client()}&prefix=${
        encodeURIComponent(runtime)
      }`;
      const program = spawnGateway([...command, address, "900"]);
      await program.waitFor(/^found 0$/m);
      await server.stop("SIGKILL");
      await program.waitFor(/^cannot renew the lease$/m);
      await server.start();
      await program.waitFor(/^the lease is renewed again$/m);
      program.kill("SIGTERM");
      expect((await program.exit).code).toBe(0);
    });

    const UNKNOWN = /cannot be reached: self[- ]signed certificate/;
    it.each([
      ["another authority", () => `?ca=${file("other.pem")}&${client()}`, UNKNOWN],
      ["an authority that nobody named", () => `?${client()}`, UNKNOWN],
      ["a file that is not there", () => `?ca=${file("missing.pem")}`, /cannot be read: ENOENT/],
    ])("says in one line why it does not: %s", async (_, query, reason) => {
      const program = spawnGateway([...command, url + query(), "1500"]);
      expect(await program.exit).toEqual({ code: 1, signal: null });
      expect(program.stderr()).toMatch(/^error: [^\n]+\n$/);
      expect(program.stderr()).toMatch(reason);
    });

    it("does not start without the certificate that the server wants", async () => {
      const program = spawnGateway([...command, `${url}?ca=${file("ca.pem")}`, "1500"]);
      expect(await program.exit).toEqual({ code: 1, signal: null });
      // Deno 2.9 reports the server's alert before the library listens, and ends the process itself: the reason is there, in more lines.
      const said = runtime === "Deno" ? /CertificateRequired/ : /^error: rediss:[^\n]+\n$/;
      expect(program.stderr()).toMatch(said);
    });
  });
});
