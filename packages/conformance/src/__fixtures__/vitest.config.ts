import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["@signalbox/source", "module", "node", "import"] } },
  test: { include: ["**/under-vitest.ts"] },
});
