import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadPlugin } from "../../packages/plugin-loader/src/index.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const text = readFileSync(join(root, "docs", "plugin-guide.md"), "utf8");
const [plugin = "", test = ""] = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(
  ([, code = ""]) => code,
);

describe("the examples of docs/plugin-guide.md", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "signalbox-guide-"));
    mkdirSync(join(folder, "node_modules", "@signalbox"), { recursive: true });
    for (const name of ["contracts", "conformance"]) {
      symlinkSync(join(root, "packages", name), join(folder, "node_modules", "@signalbox", name));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("R-901 are a plugin that the loader takes", async () => {
    const file = join(folder, "plugin.mjs");
    writeFileSync(file, plugin);
    const resolveFrom = [pathToFileURL(`${folder}/`)];
    const loaded = await loadPlugin({
      kind: "tracker",
      name: "./plugin.mjs",
      resolveFrom,
      builtIns: {},
    });
    expect(loaded).toMatchObject({ kind: "tracker", name: "nothing" });
  });

  it("R-905 are a test bed that keeps the laws of what it has", () => {
    const file = join(folder, "shelf.test.mjs");
    writeFileSync(file, test);
    const { stdout, status } = spawnSync(
      process.execPath,
      ["--conditions=@signalbox/source", file],
      { cwd: folder, encoding: "utf8" },
    );
    expect(stdout).toMatch(/^ℹ fail 0$/m);
    expect(stdout).toMatch(/^ℹ pass 1\d$/m);
    expect(status).toBe(0);
  });
});
