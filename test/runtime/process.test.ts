/** What the gateway does as a process: start, log, signals, sockets, exit codes. HTTP is the business of the black-box suite. */

import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { connectRaw, get, pushHead, type RawConnection } from "./raw-http.ts";
import { type ProcessTarget, processTargets } from "./servers.ts";
import { type GatewayProcess, listeningAddresses, spawnGateway, toUrl, urlOf } from "./spawn.ts";

const ANY_PORT = "--web.listen-address=127.0.0.1:0";
const BODY = "some_metric 3.14\n";
const REST = BODY.slice(5);

const hasIpv6 = Object.values(networkInterfaces()).flat().some((net) => net?.address === "::1");

async function start(target: ProcessTarget, ...args: string[]): Promise<GatewayProcess> {
  return spawnGateway([...await target.command(), ...args]);
}

/** Lines that are no log lines: what the command line itself says. */
function plainLines(stderr: string): string[] {
  return stderr.split("\n").filter((line) => line !== "" && !line.startsWith("ts="));
}

/** Sends a push but for its {@link REST}. An answer on another connection shows that the gateway is at it. */
async function beginPush(url: string): Promise<{ push: RawConnection; kept: RawConnection }> {
  const push = await connectRaw(url);
  push.send(pushHead("/metrics/job/slow", BODY.length) + BODY.slice(0, -REST.length));
  const kept = await connectRaw(url);
  kept.send(get("/-/healthy"));
  await kept.waitFor(/OK/);
  return { push, kept };
}

/** What comes of a request on a new connection: the beginning of the answer, or why there is none. */
async function tryNewWork(url: string): Promise<string> {
  try {
    const connection = await connectRaw(url);
    connection.send(get("/-/healthy"));
    const answer = await connection.waitFor(/\r\n\r\n/);
    connection.drop();
    return answer.slice(0, "HTTP/1.1 200".length);
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "closed";
  }
}

describe.each(processTargets)("$name", (target) => {
  describe.each(["SIGTERM", "SIGINT"] as const)("%s", (signal) => {
    it("lets a push in flight finish, then exits with 0", async () => {
      const gateway = await start(target, ANY_PORT);
      const url = await urlOf(gateway);
      const silent = await connectRaw(url);
      const { push, kept } = await beginPush(url);
      gateway.kill(signal);
      await gateway.waitFor(new RegExp(`received ${signal}, exiting gracefully`));
      push.send(REST);
      expect(await push.waitFor(/\r\n\r\n/)).toMatch(/^HTTP\/1.1 200 OK\r\n/);
      expect(await gateway.exit).toEqual({ code: 0, signal: null });
      expect(gateway.stderr()).toContain('msg="HTTP server stopped"');
      await Promise.all([push.closed, kept.closed]);
      silent.drop();
    });
  });

  it("takes no new work while it stops", async () => {
    const gateway = await start(target, ANY_PORT);
    const url = await urlOf(gateway);
    const { push } = await beginPush(url);
    gateway.kill("SIGTERM");
    // Deno's socket stays open until the push is in (see src/runtime/deno.ts).
    const refusal = target.runtime === "deno" ? "HTTP/1.1 503" : "ECONNREFUSED";
    await expect.poll(() => tryNewWork(url)).toBe(refusal);
    push.send(REST);
    await push.waitFor(/^HTTP\/1.1 200/);
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
  });

  it("stops at once with 1 at a second signal", async () => {
    const gateway = await start(target, ANY_PORT);
    await beginPush(await urlOf(gateway));
    gateway.kill("SIGTERM");
    await gateway.waitFor(/exiting gracefully/);
    gateway.kill("SIGINT");
    expect(await gateway.exit).toEqual({ code: 1, signal: null });
  });

  it("stops with 0 after a request to /-/quit, which is answered", async () => {
    const gateway = await start(target, ANY_PORT, "--web.enable-lifecycle");
    const response = await fetch(`${await urlOf(gateway)}/-/quit`, { method: "PUT" });
    expect(await response.text()).toBe("Requesting termination... Goodbye!");
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
    expect(gateway.stderr()).toContain("received termination request via web service");
  });

  it("serves one set of groups on several addresses", async () => {
    const addresses = ["127.0.0.1:0", "127.0.0.1:0", ...hasIpv6 ? ["[::1]:0"] : []];
    const gateway = await start(target, ...addresses.map((it) => `--web.listen-address=${it}`));
    await urlOf(gateway);
    await expect.poll(() => listeningAddresses(gateway.stderr())).toHaveLength(addresses.length);
    const urls = listeningAddresses(gateway.stderr()).map(toUrl);
    expect(new Set(urls).size).toBe(addresses.length);
    await fetch(`${urls[0]}/metrics/job/a`, { method: "PUT", body: BODY });
    for (const url of urls) {
      expect(await (await fetch(`${url}/metrics`)).text()).toContain("some_metric{");
    }
    gateway.kill("SIGTERM");
    await gateway.exit;
  });

  it.skipIf(!hasIpv6)("serves IPv6 and IPv4 without a host name", async () => {
    const gateway = await start(target, "--web.listen-address=:0");
    const { port } = new URL(await urlOf(gateway));
    expect(listeningAddresses(gateway.stderr())).toEqual([`[::]:${port}`]);
    for (const host of ["127.0.0.1", "[::1]"]) {
      expect((await fetch(`http://${host}:${port}/-/healthy`)).status).toBe(200);
    }
    gateway.kill("SIGTERM");
    await gateway.exit;
  });

  it("says in one line that a port is taken, also by another gateway", async () => {
    const first = await start(target, ANY_PORT);
    const { host } = new URL(await urlOf(first));
    const second = await start(target, ANY_PORT, `--web.listen-address=${host}`);
    expect(await second.exit).toEqual({ code: 1, signal: null });
    expect(plainLines(second.stderr())).toEqual([
      `narthex: error: listen on ${host}: address already in use`,
    ]);
    expect(second.stdout()).toBe("");
    first.kill("SIGTERM");
    await first.exit;
  });

  it("says in one line that an address is not the machine's", async () => {
    const gateway = await start(target, "--web.listen-address=203.0.113.1:0");
    expect(await gateway.exit).toEqual({ code: 1, signal: null });
    expect(plainLines(gateway.stderr())).toEqual([
      "narthex: error: listen on 203.0.113.1:0: cannot assign requested address",
    ]);
  });

  it.each([
    ["--help", 0, /^usage: narthex \[<flags>\]\n/, /^$/],
    ["-h", 0, /^usage: narthex \[<flags>\]\n/, /^$/],
    ["--version", 0, /^narthex, version \d+\.\d+\.\d+ \(branch: /, /^$/],
    ["--nope", 1, /^$/, /^narthex: error: unknown long flag '--nope', try --help\n$/],
    ["--log.level=loud", 1, /^$/, /^narthex: error: .*"loud".*, try --help\n$/],
    ["positional", 1, /^$/, /^narthex: error: unexpected positional, try --help\n$/],
  ])("%s exits with %d", async (arg, code, stdout, stderr) => {
    const gateway = await start(target, arg);
    expect(await gateway.exit).toEqual({ code, signal: null });
    expect(gateway.stdout()).toMatch(stdout);
    expect(gateway.stderr()).toMatch(stderr);
  });

  it("exits with 0 when nobody reads its help", async () => {
    const shell = ["sh", "-c", 'exec "$@" >&-', "sh", ...await target.command(), "--help"];
    expect(await spawnGateway(shell).exit).toEqual({ code: 0, signal: null });
  });

  it("logs its start as logfmt", async () => {
    const gateway = await start(target, ANY_PORT, "--web.enable-lifecycle");
    const { host } = new URL(await urlOf(gateway));
    const lines = gateway.stderr().trim().split("\n")
      .map((line) => line.replace(/^ts=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /, ""));
    expect(lines).toEqual([
      expect.stringMatching(
        `^level=info msg="starting narthex" version=\\S+ .*runtime="${target.runtime} [\\d.]+" platform=`,
      ),
      expect.stringMatching(/^level=warn .* flag=web\.enable-lifecycle$/),
      `level=info msg="Listening on" address=${host}`,
      `level=info msg="TLS is disabled." http2=false address=${host}`,
    ]);
    gateway.kill("SIGTERM");
    await gateway.exit;
  });

  it("logs JSON", async () => {
    const gateway = await start(target, ANY_PORT, "--log.format=json");
    const { host } = new URL(await urlOf(gateway));
    gateway.kill("SIGTERM");
    await gateway.exit;
    const events = gateway.stderr().trim().split("\n").map((line) => JSON.parse(line));
    expect(events).toContainEqual(
      { ts: expect.any(String), level: "info", msg: "Listening on", address: host },
    );
    expect(events.at(-1)).toMatchObject({ level: "info", msg: "HTTP server stopped" });
  });

  it("logs less at a higher level", async () => {
    const gateway = await start(target, "--web.listen-address=203.0.113.1:0", "--log.level=error");
    await gateway.exit;
    expect(gateway.stderr()).toMatch(/^narthex: error: listen on .*\n$/);
  });

  it("goes on serving when its log is closed", async () => {
    const gateway = await start(
      target,
      ANY_PORT,
      "--web.enable-admin-api",
      "--web.enable-lifecycle",
    );
    const url = await urlOf(gateway);
    gateway.closeLog();
    for (let times = 0; times < 3; times++) {
      expect((await fetch(`${url}/api/v1/admin/wipe`, { method: "PUT" })).status).toBe(202);
    }
    expect((await fetch(`${url}/-/quit`, { method: "PUT" })).status).toBe(200);
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
  });

  it("survives clients that hang up and requests that are none", async () => {
    const gateway = await start(target, ANY_PORT);
    const url = await urlOf(gateway);
    const gone = await connectRaw(url);
    gone.send(pushHead("/metrics/job/gone", 1000) + BODY);
    await (await fetch(`${url}/-/healthy`)).text();
    gone.drop();
    const impatient = await connectRaw(url);
    impatient.send(get("/metrics"));
    impatient.drop();
    const garbage = await connectRaw(url);
    garbage.send("NONSENSE\r\n\r\n");
    expect(await garbage.closed).toMatch(/^HTTP\/1.1 400 /);
    const nameless = await connectRaw(url);
    nameless.send("GET /-/healthy HTTP/1.1\r\nHost: a b\r\n\r\n");
    expect(await nameless.waitFor(/header\n/)).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    nameless.drop();
    const old = await connectRaw(url);
    old.send("GET /-/healthy HTTP/1.0\r\n\r\n");
    expect(await old.closed).toMatch(/^HTTP\/1.[01] 200 OK\r\n[^]*OK$/);

    expect(await (await fetch(`${url}/metrics`)).text()).not.toContain("gone");
    gateway.kill("SIGTERM");
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
    expect(gateway.stderr()).not.toMatch(/level=error|[Uu]nhandled/);
  });
});

describe.each(processTargets.filter(({ runtime }) => runtime !== "bun"))(
  "$name under systemd",
  (target) => {
    it("serves on all sockets that it is passed", async () => {
      const sockets = await Promise.all([openSocket(), openSocket()]);
      const gateway = await startActivated(target, "$$", sockets);
      await expect.poll(() => listeningAddresses(gateway.stderr()))
        .toEqual(sockets.map(({ address }) => address));
      for (const { address } of sockets) {
        expect((await fetch(`http://${address}/-/healthy`)).status).toBe(200);
      }
      const { push } = await beginPush(`http://${sockets[0]?.address}`);
      gateway.kill("SIGTERM");
      await gateway.waitFor(/exiting gracefully/);
      push.send(REST);
      expect(await push.waitFor(/\r\n\r\n/)).toMatch(/^HTTP\/1.1 200 OK\r\n/);
      expect(await gateway.exit).toEqual({ code: 0, signal: null });
    });

    it("does not take sockets that are meant for another process", async () => {
      const gateway = await startActivated(target, "1", [await openSocket()]);
      expect(await gateway.exit).toEqual({ code: 1, signal: null });
      expect(plainLines(gateway.stderr())).toEqual([
        "narthex: error: --web.systemd-socket: systemd passed no socket to this process",
      ]);
    });

    it("says so when it is passed none", async () => {
      const gateway = await start(target, "--web.systemd-socket");
      expect(await gateway.exit).toEqual({ code: 1, signal: null });
      expect(plainLines(gateway.stderr())).toHaveLength(1);
    });
  },
);

describe.each(processTargets.filter(({ runtime }) => runtime === "bun"))(
  "$name under systemd",
  (target) => {
    it("says in one line that it cannot be", async () => {
      const gateway = await startActivated(target, "$$", [await openSocket()]);
      expect(await gateway.exit).toEqual({ code: 1, signal: null });
      expect(plainLines(gateway.stderr())).toEqual([
        expect.stringMatching(/^narthex: error: --web\.systemd-socket is not supported on Bun, /),
      ]);
    });
  },
);

interface OpenSocket {
  readonly server: Server;
  readonly address: string;
  readonly fd: number;
}

/** Opens a socket the way systemd does: listening, before anybody accepts. */
async function openSocket(): Promise<OpenSocket> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not a TCP socket");
  const { fd }: { fd: number } = Reflect.get(server, "_handle");
  return { server, address: `${address.address}:${address.port}`, fd };
}

/** Starts the gateway as systemd does; `pid` is what it says the sockets are for, `$$` the gateway itself. */
async function startActivated(
  target: ProcessTarget,
  pid: string,
  sockets: readonly OpenSocket[],
): Promise<GatewayProcess> {
  const script = `LISTEN_PID=${pid} LISTEN_FDS=${sockets.length} exec "$@" --web.systemd-socket`;
  const command = ["sh", "-c", script, "sh", ...await target.command()];
  const gateway = spawnGateway(command, sockets.map(({ fd }) => fd));
  for (const { server } of sockets) server.close();
  return gateway;
}
