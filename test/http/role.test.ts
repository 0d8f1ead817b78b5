import { describe, expect, it } from "vitest";
import { roleFor } from "../../src/http/role.ts";

describe("roleFor", () => {
  it.each([
    ["GET", "/metrics", "read"],
    ["HEAD", "/metrics", "read"],
    ["GET", "/api/v1/metrics", "read"],
    ["GET", "/-/quit", "read"],
    ["OPTIONS", "/metrics/job/a", "read"],
    ["PUT", "/metrics/job/a", "push"],
    ["POST", "/metrics/job@base64/YQ", "push"],
    ["DELETE", "/metrics/job/a/instance/b", "push"],
    ["PUT", "/metrics/j%6fb/a", "push"],
    ["PUT", "/api/v1/admin/wipe", "admin"],
    ["POST", "/-/quit", "admin"],
    ["PUT", "/metrics", "admin"],
    ["PUT", "/metrics/jobs/a", "admin"],
    ["PUT", "/metrics/job", "admin"],
    ["PUT", "/metrics/job/../../api/v1/admin/wipe", "admin"],
    ["PUT", "/metrics/job/%2e%2e/%2E./api/v1/admin/wipe", "admin"],
    ["PUT", "/metrics/job/..\\..\\api/v1/admin/wipe", "admin"],
    ["PATCH", "/metrics/job/a", "push"],
    ["get", "/metrics", "admin"],
    ["PUT", "//host/metrics/job/a", "admin"],
  ])("%s %s needs %s", (method, path, role) => {
    expect(roleFor(method, path)).toBe(role);
  });
});
