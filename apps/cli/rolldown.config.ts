import { defineConfig, type OutputOptions } from "rolldown";

const shared = {
  platform: "node",
  resolve: { conditionNames: ["@signalbox/source", "node", "import"] },
} as const;

const output: OutputOptions = {
  dir: "bundle",
  format: "esm",
  minify: true,
  chunkFileNames: "[name]-[hash].js",
};

/** The runner is bundled by itself: each run pays for what it loads. */
export default defineConfig([
  { ...shared, input: { main: "src/main.ts" }, output: { ...output, cleanDir: true } },
  { ...shared, input: { "runner-entry": "src/runner-entry.ts" }, output },
  // What an agent's sandbox is shown: it has to be one file.
  {
    ...shared,
    input: { "signalbox-tool": "@signalbox/agent-tools/signalbox-tool" },
    output: { ...output, entryFileNames: "[name].mjs" },
  },
]);
