import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { configOf } from "./__fixtures__/config.ts";
import { createWorld, type World } from "./__fixtures__/world.ts";

it("the example of the README works", async () => {
  const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");
  const code = /^```ts\n(.*?)^```$/ms.exec(readme)?.[1] ?? "";
  const folder = mkdtempSync(join(import.meta.dirname, ".readme-"));
  const facts = vi.spyOn(console, "log").mockReturnValue();
  try {
    const file = join(folder, "example.js");
    writeFileSync(file, code.replace("@signalbox/orchestrator", "../index.ts"));
    const example = (await import(file)) as {
      readonly workThrough: (ports: World["ports"]) => Promise<void>;
    };
    const world = createWorld(configOf());
    await example.workThrough(world.ports);
    expect(facts).toHaveBeenCalledWith("epoch-begun");
    expect(world.journal.closed).toBe(true);
  } finally {
    facts.mockRestore();
    rmSync(folder, { recursive: true, force: true });
  }
});
