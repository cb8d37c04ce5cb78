import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["@signalbox/source", "module", "node", "import"] } },
  test: {
    // As Node does it: the default export of a CommonJS module is its `module.exports`.
    deps: { interopDefault: false },
    include: [
      "{packages,apps,examples}/*/src/**/*.test.ts",
      "bench/src/**/*.test.ts",
      ".ci/laws/*.test.ts",
    ],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Most tests wait for processes of their own: the default would leave a core idle.
    maxWorkers: "100%",
  },
});
