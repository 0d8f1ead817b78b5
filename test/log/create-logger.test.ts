import { describe, expect, it } from "vitest";
import { createLogger, createNullLogger, type LoggerOptions } from "../../src/log/create-logger.ts";
import { LOG_LEVELS, type LogLevel } from "../../src/log/logger.ts";
import { createFakeClock } from "../support/fake-clock.ts";

const MOMENT = Date.parse("2026-11-20T10:08:27.213Z");

function record(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    format: "logfmt",
    level: "debug",
    clock: createFakeClock(MOMENT),
    write: (line) => void lines.push(line),
    ...options,
  });
  return { logger, lines };
}

describe("createLogger", () => {
  it("writes logfmt", () => {
    const { logger, lines } = record();
    logger.info("Listening on", { address: "127.0.0.1:9091" });
    expect(lines).toEqual([
      'ts=2026-11-20T10:08:27.213Z level=info msg="Listening on" address=127.0.0.1:9091',
    ]);
  });

  it("writes JSON", () => {
    const { logger, lines } = record({ format: "json" });
    logger.warn("Listening on", { address: "127.0.0.1:9091", http2: false, sockets: 2 });
    expect(lines).toEqual([
      '{"ts":"2026-11-20T10:08:27.213Z","level":"warn","msg":"Listening on",' +
      '"address":"127.0.0.1:9091","http2":false,"sockets":2}',
    ]);
  });

  it("cuts the fractions of a millisecond", () => {
    const { logger, lines } = record({ clock: createFakeClock(MOMENT + 0.999) });
    logger.info("x");
    expect(lines).toEqual(["ts=2026-11-20T10:08:27.213Z level=info msg=x"]);
  });

  it("reads the clock for each event", () => {
    const clock = createFakeClock(MOMENT);
    const { logger, lines } = record({ clock });
    logger.info("x");
    clock.advance(1);
    logger.info("x");
    expect(lines.map((line) => line.slice(0, 27))).toEqual([
      "ts=2026-11-20T10:08:27.213Z",
      "ts=2026-11-20T10:08:27.214Z",
    ]);
  });

  const levels: readonly (readonly [level: LogLevel, written: readonly LogLevel[]])[] = [
    ["debug", ["debug", "info", "warn", "error"]],
    ["info", ["info", "warn", "error"]],
    ["warn", ["warn", "error"]],
    ["error", ["error"]],
  ];
  it.each(levels)("at level %s writes %j", (level, written) => {
    const { logger, lines } = record({ level });
    for (const each of LOG_LEVELS) logger[each]("x");
    expect(lines).toEqual(written.map((each) => `ts=2026-11-20T10:08:27.213Z level=${each} msg=x`));
  });

  it("does not let a field pass for the time, the level or the message", () => {
    const { logger, lines } = record({ format: "json" });
    logger.info("real", { ts: "t", level: "error", msg: "forged" });
    expect(lines).toEqual([
      '{"ts":"2026-11-20T10:08:27.213Z","level":"info","msg":"real",' +
      '"ts_":"t","level_":"error","msg_":"forged"}',
    ]);
  });

  it.each(["logfmt", "json"] as const)("does not let a value forge a line of %s", (format) => {
    const { logger, lines } = record({ format });
    logger.error('x\nts=2026 level=info msg="all is well"', { "a\nb": "c\r\nd\u2028e" });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/[\r\n\u2028]/);
  });

  it("does not throw when writing does", () => {
    let calls = 0;
    const { logger } = record({
      write: () => {
        calls++;
        throw new Error("EPIPE");
      },
    });
    expect(() => logger.error("x")).not.toThrow();
    expect(calls).toBe(1);
  });

  it("does not throw when a field does", () => {
    const { logger, lines } = record();
    const fields = {
      get broken(): string {
        throw new Error("no");
      },
    };
    expect(() => logger.info("x", fields)).not.toThrow();
    logger.info("y");
    expect(lines).toEqual(["ts=2026-11-20T10:08:27.213Z level=info msg=y"]);
  });

  it.each([NaN, Infinity, 1e300])("does not throw when the clock says %d", (now) => {
    const { logger, lines } = record({ clock: createFakeClock(now) });
    logger.info("x");
    expect(lines).toEqual(["ts=unknown level=info msg=x"]);
  });
});

describe("createNullLogger", () => {
  it("takes every level and does nothing", () => {
    const logger = createNullLogger();
    expect(LOG_LEVELS.map((level) => logger[level]("x", { a: 1 }))).toEqual(
      LOG_LEVELS.map(() => undefined),
    );
  });
});
