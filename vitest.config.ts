import { defineConfig, type ViteUserConfig } from "vitest/config";

// The runtime and e2e suites spawn servers and wait for real processes, so they get long limits; the unit tests stay far below them.
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});

export default config;
