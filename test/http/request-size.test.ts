import { describe, expect, it } from "vitest";
import { requestSize } from "../../src/http/request-size.ts";

describe("requestSize", () => {
  it("adds up request line, headers and body, without what separates them", () => {
    const request = new Request("http://gateway/prefix/metrics/job/a?b=c", {
      method: "PUT",
      headers: { "X-A": "bc", "Content-Encoding": "gzip" },
    });
    const line = "PUT".length + "/prefix/metrics/job/a?b=c".length + "HTTP/1.1".length;
    const headers = "X-Abc".length + "Content-Encodinggzip".length;
    expect(requestSize(request, 100)).toBe(line + headers + 100);
  });

  it("takes a request without headers and body", () => {
    expect(requestSize(new Request("http://gateway/"), 0)).toBe("GET/HTTP/1.1".length);
  });
});
