import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["@signalbox/source", "module", "node", "import"] } },
  test: {
    include: ["{packages,apps,examples}/*/src/**/*.test.ts", "bench/src/**/*.test.ts", ".ci/laws/*.test.ts"],
    testTimeout: 30_000,
  },
});
