/**
 * The contract over SQLite in a file, and what is SQLite's own: schema versions, parts, checksums, full disks, locks. Run in Bun and
 * in Deno by in-runtimes.test.ts.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { createNullLogger } from "../../src/log/create-logger.ts";
import type { Batch, PersistenceAdapter } from "../../src/persist/adapter.ts";
import { createSqlAdapter, type SqlOptions } from "../../src/persist/sql.ts";
import type { SqlDriver } from "../../src/persist/sql-driver.ts";
import { hasItsRoots, MIGRATIONS } from "../../src/persist/sql-schema.ts";
import { readRecords } from "../../src/persist/sql-rows.ts";
import { exportStored } from "../../src/runtime/export.ts";
import { openFileStore } from "../../src/runtime/file-store.ts";
import {
  loadSqlite,
  openDatabase,
  openToRead,
  type SqliteModule,
} from "../../src/runtime/sqlite.ts";
import { createMemoryLogger } from "../store/builders.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { describeAdapter, readAll } from "./suite.ts";

const sqlite = await loadSqlite().catch(() => undefined);

if (sqlite === undefined) {
  it.skip("SQLite: this runtime has no node:sqlite", () => {});
} else {
  for (const sync of ["full", "normal"] as const) {
    describeAdapter(`SQLite in a file, synchronous=${sync}`, () => {
      const folder = mkdtempSync(join(tmpdir(), "narthex-contract-"));
      const path = join(folder, "groups.db");
      const { logger, logged } = createMemoryLogger();
      return Promise.resolve({
        open: () => openFileStore(path, { sync, logger, clock: createFakeClock() }),
        breakWrites: () => Promise.resolve(breakWrites(sqlite, path)),
        refusesSecond: true,
        dispose: () => {
          rmSync(folder, { recursive: true });
          expect(logged).toEqual([]);
          return Promise.resolve();
        },
      });
    });
  }
  describeOwn(sqlite);
}

/** Makes every write fail in its middle, when some of it is done already, as a full disk does. */
function breakWrites({ DatabaseSync }: SqliteModule, path: string): () => Promise<void> {
  const tables = ["families", "groups", "meta"];
  const change = (sqlOf: (trigger: string) => string) => {
    const other = new DatabaseSync(path);
    for (const table of tables) other.exec(sqlOf(`fail_${table}`));
    other.close();
  };
  change((trigger) =>
    `CREATE TRIGGER ${trigger} AFTER INSERT ON ${trigger.slice(5)} BEGIN
      SELECT RAISE(ABORT, 'told to fail');
    END`
  );
  return () => {
    change((trigger) => `DROP TRIGGER ${trigger}`);
    return Promise.resolve();
  };
}

function describeOwn(sqlite: SqliteModule): void {
  describe("SQLite", () => {
    const cleanups: (() => void)[] = [];
    afterEach(() => {
      for (const cleanup of cleanups.splice(0).reverse()) cleanup();
    });

    /** A path in a folder of its own. */
    function newPath(): string {
      const folder = mkdtempSync(join(tmpdir(), "narthex-sqlite-"));
      cleanups.push(() => rmSync(folder, { recursive: true }));
      return join(folder, "groups.db");
    }

    function open(path: string, options: SqlOptions = {}) {
      const driver = openDatabase(sqlite, path, { sync: "full", logger: createNullLogger() });
      cleanups.push(() => driver.close());
      return { driver, adapter: createSqlAdapter(driver, options) };
    }

    async function openRepaired(path: string) {
      const { logger, logged } = createMemoryLogger();
      const options = { sync: "full", logger, clock: createFakeClock() } as const;
      return { repaired: await openFileStore(path, options), logged };
    }

    /** The database as somebody else sees it. */
    function other(path: string): DatabaseSync {
      const database = new sqlite.DatabaseSync(path);
      cleanups.push(() => database.isOpen && database.close());
      return database;
    }

    it("can be read with the sqlite3 shell while the gateway runs", async () => {
      const path = newPath();
      const { adapter } = open(path);
      await adapter.write(batch(["a", "x", text(1, 2.5)], ["a", "y", text("NaN")]));
      const whole = `{"__proto__":${text(3, 4)},"ä\\"b":${text("+Inf")}}`;
      await adapter.write(batch(["b", "", whole]));
      const query = "SELECT * FROM series ORDER BY grouping_key, name, labels";
      const rows = other(path).prepare(query).all();
      expect(rows.map((row) => ({ ...row }))).toEqual([
        { grouping_key: "a", name: "x", type: "gauge", labels: 'l="0"', value: 1 },
        { grouping_key: "a", name: "x", type: "gauge", labels: 'l="1"', value: 2.5 },
        { grouping_key: "a", name: "y", type: "gauge", labels: 'l="0"', value: "NaN" },
        { grouping_key: "b", name: "__proto__", type: "gauge", labels: 'l="0"', value: 3 },
        { grouping_key: "b", name: "__proto__", type: "gauge", labels: 'l="1"', value: 4 },
        { grouping_key: "b", name: 'ä"b', type: "gauge", labels: 'l="0"', value: "+Inf" },
      ]);
    });

    it("writes one row for a whole group, and none of another table", async () => {
      const path = newPath();
      const { driver, adapter } = open(path);
      await adapter.write(batch(["a", "", "{}"], ["b", "x", "1"]));
      expect([...driver.query("SELECT grouping_key FROM groups")]).toHaveLength(1);
      expect([...driver.query("SELECT grouping_key FROM families")]).toHaveLength(1);
    });

    it("takes over a file of the first version with all that is in it", async () => {
      const path = newPath();
      const first = other(path);
      const [statements = []] = MIGRATIONS;
      for (const statement of statements) first.exec(statement);
      first.exec("INSERT INTO meta VALUES ('schema_version', '1')");
      const insert = first.prepare("INSERT INTO families VALUES (?, ?, 0, ?, ?)");
      const expected = new Map<string, string>();
      for (let i = 0; i < 200; i++) {
        const [group, name, record] = [`g${i}`, "x", text(i)];
        insert.run(group, name, record, crc32(`${group}\0${name}\0${0}\0${record}`));
        expected.set(JSON.stringify([group, name]), record);
      }
      first.close();
      const reader = openToRead(sqlite, path);
      expect([...readRecords(reader, () => {})]).toHaveLength(200);
      reader.close();
      const { driver, adapter } = open(path);
      expect(versionOf(driver)).toBe(String(MIGRATIONS.length));
      expect(hasItsRoots(driver)).toBe(true);
      expect(await readAll(adapter)).toEqual(expected);
      expect([...driver.query("SELECT * FROM series")]).toHaveLength(200);
      await adapter.write({ ...batch(["g7", "", "{}"]), clear: ["g7"] });
      expected.delete('["g7","x"]');
      expect(await readAll(adapter)).toEqual(expected.set('["g7",""]', "{}"));
      // A copy has the table of groups elsewhere.
      const copy = `${path}.copy`;
      driver.run("VACUUM INTO ?", copy);
      expect(hasItsRoots(open(copy).driver)).toBe(true);
    });

    it.each(["families", "groups"])("notices that the table %s begins elsewhere", async (table) => {
      const path = newPath();
      const { driver, adapter } = open(path);
      const long = "x".repeat(1000);
      await adapter.write(
        batch(...Array.from({ length: 50 }, (_, i) => [`g${i}`, i % 2 ? "x" : "", long] as const)),
      );
      expect(hasItsRoots(driver)).toBe(true);
      driver.close();
      changeRoot(path, table, 7);
      const reader = openToRead(sqlite, path);
      expect(hasItsRoots(reader)).toBe(false);
      reader.close();
    });

    it.each(["", "x"])(
      "notices that a row goes on where the file has ended, the name of its record being '%s'",
      async (name) => {
        const path = newPath();
        const { driver, adapter } = open(path);
        await adapter.write(batch(["a", "", "1"], ["b", "y", "2"], ["c", name, "z".repeat(5000)]));
        void [...driver.query("PRAGMA wal_checkpoint(FULL)")];
        await adapter.probe();
        // As a crash leaves them, but for the last page.
        const files = [readFileSync(path), readFileSync(`${path}-wal`)] as const;
        driver.close();
        writeFileSync(path, files[0].subarray(0, -4096));
        writeFileSync(`${path}-wal`, files[1]);
        const reader = openToRead(sqlite, path);
        expect(() => [...readRecords(reader, () => {})]).toThrow();
        reader.close();
        const { repaired, logged } = await openRepaired(path);
        expect([...(await readAll(repaired)).values()].sort()).toEqual(["1", "2"]);
        await repaired.close();
        expect(logged[0]?.msg).toMatch(/^the database is damaged/);
      },
    );

    it("mends a header that would keep it from writing", async () => {
      const path = newPath();
      const { driver, adapter } = open(path);
      await adapter.write(batch(["a", "", "1"], ["b", "y", "2"]));
      driver.close();
      const bytes = readFileSync(path);
      bytes[18] = 7;
      writeFileSync(path, bytes);
      const { repaired, logged } = await openRepaired(path);
      expect([...(await readAll(repaired)).values()].sort()).toEqual(["1", "2"]);
      await repaired.write(batch(["c", "", "3"]));
      await repaired.close();
      expect(logged[0]?.msg).toMatch(/^the database is damaged/);
    });

    it("is exported with one family of a name, the later, where a group is in both tables", async () => {
      const path = newPath();
      const { adapter } = open(path);
      const family = (value: number, pushed_at: number) =>
        `{"type":"gauge","help":"","pushed_at":${pushed_at},"series":[["job=\\"a\\"",${value}]]}`;
      await adapter.write(batch(['job="a"', "", `{"x":${family(1, 8)}}`]));
      await adapter.write(batch(['job="a"', "x", family(2, 7)]));
      let script = "";
      const write = (text: string) => Promise.resolve(void (script += text));
      const host = { clock: createFakeClock(), logger: createNullLogger() };
      await exportStored({ file: path, url: "" }, { write, warn: () => {} }, host);
      expect(script.match(/^x.*$/gm)).toEqual(['x{job="a"} 1']);
    });

    it("tells its size", () => {
      const { adapter } = open(newPath());
      expect(adapter.size()).toBeGreaterThan(4096);
      expect((adapter.size() ?? 0) % 512).toBe(0);
    });

    it("brings an older schema up to date, once, with what it holds", async () => {
      const path = newPath();
      const first = open(path);
      await first.adapter.write(batch(["a", "x", "1"]));
      first.driver.close();
      const migrations = [
        ...MIGRATIONS,
        ["CREATE TABLE extra (a TEXT)", "INSERT INTO extra VALUES ('once')"],
        ["ALTER TABLE extra ADD COLUMN b TEXT"],
      ];
      for (let start = 0; start < 2; start++) {
        const { driver, adapter } = open(path, { migrations });
        expect([...driver.query("SELECT * FROM extra")].map((row) => ({ ...row })))
          .toEqual([{ a: "once", b: null }]);
        expect(versionOf(driver)).toBe(String(migrations.length));
        expect(await readAll(adapter)).toEqual(new Map([['["a","x"]', "1"]]));
        driver.close();
      }
    });

    it("leaves a schema alone whose migration fails", async () => {
      const path = newPath();
      const first = open(path);
      await first.adapter.write(batch(["a", "x", "1"]));
      first.driver.close();
      const migrations = [...MIGRATIONS, ["CREATE TABLE extra (a TEXT)", "nonsense"]];
      expect(() => open(path, { migrations })).toThrow(
        expect.objectContaining({ name: "PersistenceError", outcome: "failed" }),
      );
      const { driver, adapter } = open(path);
      expect(versionOf(driver)).toBe(String(MIGRATIONS.length));
      expect([...driver.query("SELECT * FROM sqlite_schema WHERE name = 'extra'")]).toEqual([]);
      expect((await readAll(adapter)).size).toBe(1);
    });

    it("refuses a schema that a later version wrote, and leaves it alone", async () => {
      const path = newPath();
      const first = open(path);
      await first.adapter.write(batch(["a", "x", "1"]));
      first.driver.run("UPDATE meta SET value = '7' WHERE key = 'schema_version'");
      first.driver.close();
      expect(() => open(path)).toThrow(expect.objectContaining({
        name: "PersistenceError",
        message: `file ${path} has schema version 7, which a later version of narthex wrote; ` +
          `this one knows versions up to ${MIGRATIONS.length}`,
      }));
      expect(other(path).prepare("SELECT record FROM families").get()).toMatchObject({
        record: "1",
      });
    });

    it.each([
      ["another table", ["CREATE TABLE users (name TEXT)"]],
      ["a view alone", ["CREATE VIEW one AS SELECT 1"]],
      ["a table meta of its own", ["CREATE TABLE meta (id INTEGER)", "CREATE TABLE other (a)"]],
      ["a table meta like ours", ["CREATE TABLE meta (key TEXT, value TEXT)"]],
      ["a version but no groups", [
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT)",
        "INSERT INTO meta VALUES ('schema_version', '1')",
      ]],
      ["a version that is none", [
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT)",
        "CREATE TABLE families (a)",
        "INSERT INTO meta VALUES ('schema_version', 'new')",
      ]],
    ])("refuses a database of somebody else with %s, and leaves it alone", (_, statements) => {
      const path = newPath();
      const database = other(path);
      for (const statement of statements) database.exec(statement);
      const schemaOf = () => database.prepare("SELECT name, sql FROM sqlite_schema").all();
      const before = schemaOf();
      expect(() => open(path)).toThrow(expect.objectContaining({
        name: "PersistenceError",
        outcome: "failed",
        message: `file ${path} is a database, but not one of narthex`,
      }));
      expect(schemaOf()).toEqual(before);
    });

    it.each([2, 3, 7, 1000])("stores long records in parts of %d units", async (maxPart) => {
      const path = newPath();
      const { driver, adapter } = open(path, { maxPart });
      const long = "a💩ä\0\x1a0€💩💩".repeat(20);
      await adapter.write(batch(["g", "long", long], ["g", "short", "1"]));
      const texts = [
        ...driver.query("SELECT part, record FROM families WHERE name = 'long' ORDER BY part"),
      ];
      expect(texts.map(({ part }) => part)).toEqual(texts.map((_, index) => index));
      for (const { record } of texts) {
        expect(String(record).length).toBeLessThanOrEqual(maxPart);
        expect(Buffer.from(String(record)).toString()).toBe(record);
      }
      expect(texts.length).toBeGreaterThanOrEqual(Math.ceil(long.length / maxPart));
      const expected = new Map([['["g","long"]', long], ['["g","short"]', "1"]]);
      expect(await readAll(adapter)).toEqual(expected);
      // Shorter than before, then gone.
      await adapter.write(batch(["g", "long", "ab"]));
      expect(await readAll(adapter)).toEqual(expected.set('["g","long"]', "ab"));
      await adapter.write(batch(["g", "long", undefined], ["g", "short", undefined]));
      expect([...driver.query("SELECT * FROM families")]).toEqual([]);
    });

    it("keeps NUL, and the sign it is written with, in keys and names", async () => {
      const { adapter } = open(newPath());
      const names = ["\0", "\x1a", "\x1a0", "\x1a1", "\0\x1a0\x1a\0", "0", "a\0b", "a\0c"];
      await adapter.write(batch(...names.map((name) => [name, name, name] as const)));
      const loaded = await readAll(adapter);
      expect([...loaded.values()].sort()).toEqual(names.toSorted());
      await adapter.write({ wipe: false, clear: ["a\0b", "\x1a0"], records: [] });
      expect((await readAll(adapter)).size).toBe(names.length - 2);
      await adapter.write({
        wipe: true,
        clear: [],
        records: names.map((text) => ({ group: text, name: "", text })),
      });
      expect([...(await readAll(adapter)).values()].sort()).toEqual(names.toSorted());
      await adapter.write({ wipe: false, clear: ["a\0b"], records: [] });
      await adapter.write(batch(["\x1a0", "", undefined]));
      expect((await readAll(adapter)).size).toBe(names.length - 2);
    });

    it.each([
      ["a value", "UPDATE families SET record = 'changed' WHERE name = 'x'"],
      ["a checksum", "UPDATE families SET checksum = checksum + 1 WHERE name = 'x'"],
      ["no checksum", "UPDATE families SET checksum = NULL WHERE name = 'x'"],
      ["a number in place of a text", "UPDATE families SET record = 7 WHERE name = 'x'"],
      ["another part", "UPDATE families SET part = 1 WHERE name = 'x'"],
      ["a missing first part", "DELETE FROM families WHERE name = 'x' AND part = 0", 1],
      ["a missing part", "DELETE FROM families WHERE name = 'x' AND part = 1", 1],
    ])(
      "passes over a record with %s that is damaged, and tells of it",
      async (_, sql, maxPart = 100) => {
        const path = newPath();
        const damaged: string[] = [];
        const onDamaged = (group: string, name: string) => void damaged.push(`${group} ${name}`);
        const { adapter } = open(path, { maxPart, onDamaged });
        await adapter.write(batch(["g\0", "w", "one"], ["g\0", "x", "two"], ["h", "y", "three"]));
        other(path).exec(sql);
        expect(await readAll(adapter)).toEqual(
          new Map([['["g\\u0000","w"]', "one"], ['["h","y"]', "three"]]),
        );
        expect(damaged).toEqual(["g\0 x"]);
        // What is pushed again is sound again.
        await adapter.write(batch(["g\0", "x", undefined]));
        await adapter.write(batch(["g\0", "x", "new"]));
        damaged.length = 0;
        expect((await readAll(adapter)).get('["g\\u0000","x"]')).toBe("new");
        expect(damaged).toEqual([]);
      },
    );

    it.each([
      ["a value", "UPDATE groups SET families = 'changed' WHERE grouping_key = 'h'"],
      ["a key", "UPDATE groups SET grouping_key = 'i' WHERE grouping_key = 'h'", "i"],
      ["a checksum", "UPDATE groups SET checksum = checksum + 1 WHERE grouping_key = 'h'"],
      ["no checksum", "UPDATE groups SET checksum = NULL WHERE grouping_key = 'h'"],
      ["a number in place of a text", "UPDATE groups SET families = 7 WHERE grouping_key = 'h'"],
    ])("passes over a group with %s that is damaged", async (_, sql, group = "h") => {
      const path = newPath();
      const damaged: string[] = [];
      const onDamaged = (group: string, name: string) => void damaged.push(`${group}/${name}`);
      const { adapter } = open(path, { onDamaged });
      await adapter.write(batch(["g", "", "one"], ["h", "", "two"], ["h2", "x", "three"]));
      other(path).exec(sql);
      expect([...(await readAll(adapter)).values()]).toEqual(["one", "three"]);
      expect(damaged).toEqual([`${group}/`]);
      damaged.length = 0;
      await adapter.write(batch([group, "", "new"]));
      expect((await readAll(adapter)).get(JSON.stringify([group, ""]))).toBe("new");
      expect(damaged).toEqual([]);
    });

    it("tells a record whose name was changed for a damaged one", async () => {
      const path = newPath();
      const damaged: string[] = [];
      const { adapter } = open(path, { onDamaged: (_, name) => void damaged.push(name) });
      await adapter.write(batch(["g", "x", "1"]));
      other(path).exec("UPDATE families SET name = 'y'");
      expect([(await readAll(adapter)).size, damaged]).toEqual([0, ["y"]]);
    });

    it("stores nothing of a batch for which there is no room, and goes on once there is", async () => {
      const path = newPath();
      const { driver, adapter } = open(path);
      await adapter.write(batch(["a", "x", "1"], ["b", "x", "1"]));
      const [{ page_count: pages } = {}] = driver.query("PRAGMA page_count");
      const limit = (most: number) => void [...driver.query(`PRAGMA max_page_count = ${most}`)];
      limit(Number(pages));
      const many = Array.from({ length: 500 }, (_, i) => [`g${i}`, "x", "y".repeat(100)] as const);
      expect(failureOf(() => adapter.write({ ...batch(...many), clear: ["a"], wipe: false })))
        .toMatchObject({
          name: "PersistenceError",
          outcome: "failed",
          message: `file ${path}: database or disk is full`,
        });
      expect(await readAll(adapter)).toEqual(new Map([['["a","x"]', "1"], ['["b","x"]', "1"]]));
      await adapter.write(batch(["b", "x", "2"]));
      limit(1_000_000);
      await adapter.write({ ...batch(...many), clear: ["a"] });
      expect((await readAll(adapter)).size).toBe(501);
    });

    it("fails while somebody else is writing, and says so", async () => {
      const path = newPath();
      const { driver, adapter } = open(path);
      void [...driver.query("PRAGMA busy_timeout = 10")];
      const database = other(path);
      database.exec("BEGIN IMMEDIATE");
      for (const attempt of [() => adapter.write(batch(["a", "x", "1"])), () => adapter.probe()]) {
        expect(failureOf(attempt)).toMatchObject({
          name: "PersistenceError",
          outcome: "failed",
          message: `file ${path}: database is locked`,
        });
      }
      database.exec("ROLLBACK");
      await adapter.write(batch(["a", "x", "1"]));
      expect((await readAll(adapter)).size).toBe(1);
    });

    it("is opened while somebody else is writing, as a thread must be that commits", async () => {
      const path = newPath();
      await open(path).adapter.write(batch(["a", "x", "1"]));
      const database = other(path);
      database.exec("BEGIN IMMEDIATE");
      expect((await readAll(open(path).adapter)).size).toBe(1);
      database.exec("ROLLBACK");
    });

    it("says that nothing is stored when it is closed", async () => {
      const { adapter } = open(newPath());
      await adapter.close();
      await adapter.close();
      expect(failureOf(() => adapter.write(batch(["a", "x", "1"])))).toMatchObject({
        name: "PersistenceError",
        outcome: "failed",
      });
    });
  });
}

/** Writes another root into the schema, in the first page. */
function changeRoot(path: string, table: string, root: number): void {
  const bytes = readFileSync(path);
  // Type, name, table and root stand one behind the other.
  const at = bytes.indexOf(`table${table}${table}`) + 5 + 2 * table.length;
  expect(bytes[at]).toBe(table === "groups" ? 4 : 3);
  bytes[at] = root;
  writeFileSync(path, bytes);
}

function batch(...records: readonly (readonly [string, string, string | undefined])[]): Batch {
  return {
    wipe: false,
    clear: [],
    records: records.map(([group, name, text]) => ({ group, name, text })),
  };
}

function text(...values: readonly (number | string)[]): string {
  return JSON.stringify({ type: "gauge", series: values.map((value, i) => [`l="${i}"`, value]) });
}

function versionOf(driver: SqlDriver): unknown {
  const [row] = driver.query("SELECT value FROM meta WHERE key = 'schema_version'");
  return row?.["value"];
}

/** What a synchronous attempt throws. */
function failureOf(attempt: () => ReturnType<PersistenceAdapter["write"]>): unknown {
  try {
    void attempt();
  } catch (error) {
    return error;
  }
  return undefined;
}
