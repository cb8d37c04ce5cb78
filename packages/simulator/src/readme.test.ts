import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import type { TrackerDefaults, WorkflowConfig } from "@signalbox/contracts";
import { configOf } from "./__fixtures__/config.ts";
import type { SimulationReport } from "./index.ts";

it("the example of the README works", async () => {
  const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");
  const code = /^```ts\n(.*?)^```$/ms.exec(readme)?.[1] ?? "";
  const folder = mkdtempSync(join(import.meta.dirname, ".readme-"));
  const lines = vi.spyOn(console, "log").mockReturnValue();
  try {
    const file = join(folder, "example.js");
    writeFileSync(file, code.replace("@signalbox/simulator", "../index.ts"));
    const example = (await import(file)) as {
      readonly lookAhead: (
        config: WorkflowConfig,
        defaults: TrackerDefaults,
      ) => Promise<SimulationReport>;
    };
    const states = { running: "doing", succeeded: "done" };
    const defaults = { activeStates: ["todo", "doing"], terminalStates: ["done"], states };
    const forecast = await example.lookAhead(configOf(), defaults);
    expect(forecast.violations).toEqual([]);
    expect(lines).toHaveBeenCalledWith(`${forecast.finishedPerHour.toFixed(1)} issues an hour`);
    expect(lines).toHaveBeenCalledTimes(2);
  } finally {
    lines.mockRestore();
    rmSync(folder, { recursive: true, force: true });
  }
});
