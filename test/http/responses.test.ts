import { describe, expect, it } from "vitest";
import {
  empty,
  errorResponse,
  errorText,
  json,
  notFound,
  redirect,
  text,
} from "../../src/http/responses.ts";
import { type ErrorKind, GatewayError } from "../../src/model/error.ts";

const PLAIN = "text/plain; charset=utf-8";

describe("responses", () => {
  it("gives text as it is", async () => {
    const response = text("OK");
    expect([response.status, await response.text()]).toEqual([200, "OK"]);
    expect(response.headers.get("Content-Type")).toBe(PLAIN);
    expect(text("no", 403).status).toBe(403);
  });

  it("ends an error with a line feed and forbids browsers to guess its type", async () => {
    const response = errorText("wrong", 405, { Allow: "GET" });
    expect([response.status, await response.text()]).toEqual([405, "wrong\n"]);
    expect(Object.fromEntries(response.headers)).toEqual({
      "allow": "GET",
      "content-type": PLAIN,
      "x-content-type-options": "nosniff",
    });
  });

  it.each<[ErrorKind, number]>([
    ["malformed", 400],
    ["inconsistent", 400],
    ["too-large", 413],
    ["unsupported", 415],
    ["full", 507],
    ["unavailable", 503],
  ])("answers an error that is %s with %d", async (kind, status) => {
    const response = errorResponse(new GatewayError(kind, "why"));
    expect([response.status, await response.text()]).toEqual([status, "why\n"]);
  });

  it("gives an empty body and no type for nothing", async () => {
    const response = empty(202, { A: "b" });
    expect([response.status, await response.text()]).toEqual([202, ""]);
    expect([...response.headers]).toEqual([["a", "b"]]);
  });

  it("gives JSON", async () => {
    const response = json({ a: ["ä"] }, { A: "b" });
    expect(await response.text()).toBe('{"a":["ä"]}');
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(response.headers.get("A")).toBe("b");
  });

  it("says not found in the words of the reference", async () => {
    const response = notFound();
    expect([response.status, await response.text()]).toEqual([404, "404 page not found\n"]);
  });

  it.each([["GET", 301], ["HEAD", 301], ["POST", 307], ["PUT", 307], ["DELETE", 307]])(
    "redirects %s with %d",
    (method, status) => {
      const response = redirect("/a?b", method);
      expect([response.status, response.headers.get("Location")]).toEqual([status, "/a?b"]);
    },
  );

  it("escapes the address that a browser shows", async () => {
    const body = await redirect('/a"><script>&', "GET").text();
    expect(body).toBe('<a href="/a&#34;&#62;&#60;script&#62;&#38;">Moved Permanently</a>.\n\n');
  });
});
