/**
 * Makes the files in `test/persist/fixtures/`: starts a Pushgateway of the reference, pushes what `test/persist/reference-pushes.ts`
 * lists for its version, keeps what it exposes as text and as protobuf, stops it and keeps the file that it wrote.
 *
 *     bun scripts/make-reference-fixtures.ts VERSION PROGRAM
 *
 * `VERSION` is 0.4.0, 1.5.1 or 1.11.3. `test/persist/fixtures/README.md` tells where the programs come from.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Buffer } from "node:buffer";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ProtobufReader } from "../src/parse/protobuf-reader.ts";
import { bytesOf, PUSHES, type ReferencePush } from "../test/persist/reference-pushes.ts";

const FIXTURES = fileURLToPath(new URL("../test/persist/fixtures/", import.meta.url));
const PROTOBUF = "application/vnd.google.protobuf; " +
  "proto=io.prometheus.client.MetricFamily; encoding=delimited";
const TEXT = "text/plain; version=0.0.4";

/** The fixtures of each version, with the flags that they need. */
const FIXTURE_FLAGS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "0.4.0": { "0.4.0": [] },
  "1.5.1": {
    "1.5.1": [],
    "1.5.1-empty": [],
    "1.5.1-unchecked": ["--push.disable-consistency-check"],
  },
  "1.11.3": { "1.11.3": ["--push.enable-utf8-names"] },
};

/** A gateway that runs. */
interface Gateway {
  readonly url: string;
  readonly child: ChildProcess;
}

async function startGateway(program: string, flags: readonly string[]): Promise<Gateway> {
  const port = await freePort();
  const child = spawn(program, [`--web.listen-address=127.0.0.1:${port}`, ...flags], {
    stdio: "ignore",
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`${url}/metrics`).catch(() => undefined);
    await answer?.text();
    if (answer?.ok) return { url, child };
    await sleep(50);
  }
  child.kill();
  throw new Error(`${program} does not start`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" ? address?.port ?? 0 : 0;
      server.close(() => resolve(port));
    });
  });
}

async function push(url: string, push: ReferencePush): Promise<void> {
  const { method, path, body, refused = false } = push;
  const headers = { "Content-Type": typeof body === "string" ? TEXT : PROTOBUF };
  const request = method === "DELETE" ? { method } : { method, headers, body: bytesOf(push) };
  const answer = await fetch(`${url}/metrics${path}`, request);
  const reason = await answer.text();
  if (answer.ok === refused) throw new Error(`${method} ${path}: ${answer.status} ${reason}`);
}

/** Scrapes; an inconsistent gateway does not let itself be scraped. */
async function scrape(url: string, accept: string): Promise<Uint8Array | undefined> {
  const answer = await fetch(`${url}/metrics`, { headers: { Accept: accept } });
  const body = new Uint8Array(await answer.arrayBuffer());
  return answer.ok ? body : undefined;
}

/** The part of a scrape as text that was pushed: the lines with a job, behind the heads of their families. Not all is UTF-8. */
function pushedText(scraped: Uint8Array): Uint8Array {
  const kept: string[] = [];
  let heads: string[] = [];
  for (const line of Buffer.from(scraped).toString("latin1").split(/(?<=\n)/)) {
    const [, word = "", name = ""] = /^# (HELP|TYPE) ("[^"]*"|\S+)/.exec(line) ?? [];
    if (word !== "") heads = [...heads.filter((head) => head.includes(` ${name} `)), line];
    else if (/[{,]job="/.test(line)) kept.push(...heads.splice(0), line);
  }
  return Buffer.from(kept.join(""), "latin1");
}

/** The part of a scrape as protobuf that was pushed: the families with a job. */
function pushedProtobuf(scraped: Uint8Array): Uint8Array {
  const reader = new ProtobufReader(scraped);
  const kept: Uint8Array[] = [];
  while (reader.position < reader.length) {
    const start = reader.position;
    const end = reader.enterDelimited();
    reader.position = end;
    const message = reader.bytes(start, end);
    if (Buffer.from(message).includes(JOB)) kept.push(message);
  }
  return Buffer.concat(kept);
}

/** The name of a label in a message. Parsers of ours refuse some of what the reference sends. */
const JOB = "\n\x03job";

function keep(name: string, bytes: Uint8Array): void {
  if (bytes.length > 0) writeFileSync(join(FIXTURES, name), bytes);
}

async function makeFixture(name: string, program: string, flags: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "narthex-fixtures-"));
  const file = join(folder, "file");
  const gateway = await startGateway(program, [...flags, `--persistence.file=${file}`]);
  try {
    for (const each of PUSHES[name] ?? []) await push(gateway.url, each);
    // Old versions answer before they have taken it in.
    await sleep(500);
    const text = await scrape(gateway.url, `${TEXT}; escaping=allow-utf-8`);
    if (text !== undefined) keep(`${name}.txt`, pushedText(text));
    const protobuf = await scrape(gateway.url, `${PROTOBUF}; escaping=allow-utf-8`);
    if (protobuf !== undefined) keep(`${name}.pb`, pushedProtobuf(protobuf));
  } finally {
    gateway.child.kill("SIGTERM");
    await new Promise((resolve) => gateway.child.once("exit", resolve));
  }
  keep(`${name}.gob`, readFileSync(file));
  rmSync(folder, { recursive: true });
}

const [version = "", program = ""] = process.argv.slice(2);
const fixtures = FIXTURE_FLAGS[version];
if (fixtures === undefined || program === "") {
  process.stderr.write("usage: bun scripts/make-reference-fixtures.ts VERSION PROGRAM\n");
  process.exit(1);
}
for (const [name, flags] of Object.entries(fixtures)) await makeFixture(name, program, flags);
