/**
 * A Worker whose Durable Objects run an adapter over their own storage and carry out what the contract suite asks for over HTTP.
 */
import type { DurableObjectId, DurableObjectState } from "@cloudflare/workers-types";
import { type PersistenceAdapter, PersistenceError } from "../../src/persist/adapter.ts";
import { createDurableObjectAdapter } from "../../src/runtime/durable-object-storage.ts";

interface Env {
  readonly NARTHEX: {
    idFromName(name: string): DurableObjectId;
    get(id: DurableObjectId): { fetch(request: Request): Promise<Response> };
  };
}

/** Makes every write fail within SQLite, after the statements before it have been carried out. */
const TABLES = ["families", "groups", "meta"];
const TRIGGERS = TABLES.map((table) =>
  `CREATE TRIGGER broken_${table} BEFORE INSERT ON ${table}
    BEGIN SELECT RAISE(ABORT, 'told to fail'); END`
);
const MENDED = TABLES.map((table) => `DROP TRIGGER broken_${table}`);

/** The object: one store. */
export class NarthexDurableObject {
  readonly #state: DurableObjectState;
  #adapter: PersistenceAdapter;

  constructor(state: DurableObjectState) {
    this.#state = state;
    this.#adapter = createDurableObjectAdapter(state.storage);
  }

  /** Does what the path says. */
  async fetch(request: Request): Promise<Response> {
    try {
      return Response.json(await this.#run(new URL(request.url).pathname, await request.text()));
    } catch (error) {
      const { message, outcome } = error instanceof PersistenceError
        ? error
        : { message: String(error), outcome: "none" };
      return Response.json({ message, outcome }, { status: 500 });
    }
  }

  async #run(path: string, body: string): Promise<unknown> {
    const { sql } = this.#state.storage;
    switch (path) {
      case "/open":
        this.#adapter = createDurableObjectAdapter(this.#state.storage);
        return this.#adapter.description;
      case "/load": {
        const records = [];
        for await (const piece of this.#adapter.load()) records.push(...piece);
        return records;
      }
      case "/write": {
        const written = this.#adapter.write(JSON.parse(body));
        // The gateway relies on it: it may not await between a check and the write.
        if (written !== undefined) throw new Error("not written within the call");
        return null;
      }
      case "/probe":
        return this.#adapter.probe() ?? null;
      case "/size":
        return this.#adapter.size() ?? null;
      case "/close":
        await this.#adapter.close();
        return null;
      case "/abort":
        return this.#state.abort("told to forget everything");
      case "/break":
        return TRIGGERS.map((statement) => sql.exec(statement).toArray());
      case "/mend":
        return MENDED.map((statement) => sql.exec(statement).toArray());
      case "/rows":
        return sql.exec("SELECT part, length(record) AS length FROM families ORDER BY part")
          .toArray();
      default:
        throw new Error(`unknown path ${path}`);
    }
  }
}

const worker: { fetch(request: Request, env: Env): Promise<Response> } = {
  fetch: (request, env) => {
    const name = request.headers.get("Object") ?? "";
    return env.NARTHEX.get(env.NARTHEX.idFromName(name)).fetch(request);
  },
};

export default worker;
