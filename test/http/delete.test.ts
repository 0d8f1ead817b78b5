import { describe, expect, it } from "vitest";
import { handleDelete } from "../../src/http/delete.ts";
import { GatewayError } from "../../src/model/error.ts";
import { createFakeContext, requestTo } from "./fake-context.ts";

const DELETE = { method: "DELETE", source: "192.0.2.1" } as const;

describe("handleDelete", () => {
  it("answers 202, whether or not the group is there", async () => {
    const { context, writes } = createFakeContext();
    const response = await handleDelete(context, requestTo("/metrics/job/a/b/c", DELETE));
    expect([response.status, await response.text()]).toEqual([202, ""]);
    expect(writes).toMatchObject([{ kind: "delete", key: { id: 'b="c",job="a"' } }]);
  });

  it("takes UTF-8 names when they are enabled", async () => {
    const path = "/metrics/job/a/U__b_2e_c/d";
    const on = createFakeContext({ enableUtf8Names: true });
    await handleDelete(on.context, requestTo(path, DELETE));
    expect(on.writes).toMatchObject([{ key: { id: '"b.c"="d",job="a"' } }]);
    const off = createFakeContext();
    await handleDelete(off.context, requestTo(path, DELETE));
    expect(off.writes).toMatchObject([{ key: { id: 'U__b_2e_c="d",job="a"' } }]);
  });

  it("does not look at the body", async () => {
    const { context } = createFakeContext();
    const init = { ...DELETE, body: "x{".repeat(1000), headers: { "Content-Encoding": "br" } };
    expect((await handleDelete(context, requestTo("/metrics/job/a", init))).status).toBe(202);
  });

  it("refuses a path that is no group", async () => {
    const { context, writes, logged } = createFakeContext();
    const response = await handleDelete(context, requestTo("/metrics/job/a/b", DELETE));
    expect([response.status, await response.text()])
      .toEqual([400, 'odd number of components in label string "/b"\n']);
    expect(writes).toEqual([]);
    expect(logged).toMatchObject([{ level: "debug", fields: { source: "192.0.2.1" } }]);
  });

  it("answers 503 when the deletion could not be stored", async () => {
    const write = () => Promise.reject(new GatewayError("unavailable", "disk full"));
    const { context } = createFakeContext({}, { write });
    const response = await handleDelete(context, requestTo("/metrics/job/a", DELETE));
    expect([response.status, await response.text()]).toEqual([503, "disk full\n"]);
  });

  it("does not swallow what is no error of the client's", async () => {
    const { context } = createFakeContext({}, {
      write: () => Promise.reject(new TypeError("ours")),
    });
    await expect(handleDelete(context, requestTo("/metrics/job/a", DELETE))).rejects.toThrow(
      TypeError,
    );
  });
});
