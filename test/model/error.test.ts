import { expect, it } from "vitest";
import { GatewayError } from "../../src/model/error.ts";

it("is an error with a kind and a message for the client", () => {
  const error = new GatewayError("too-large", "body exceeds 1 byte");
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe("GatewayError");
  expect(error.kind).toBe("too-large");
  expect(error.message).toBe("body exceeds 1 byte");
  expect(String(error)).toBe("GatewayError: body exceeds 1 byte");
});
