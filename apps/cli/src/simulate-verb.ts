import type { Command } from "commander";
import { addVerb } from "./add-verb.ts";
import { fileArgument } from "./manual.ts";
import type { VerbStatus } from "./program.ts";
import type { Surroundings } from "./surroundings.ts";
import type { SimulateOptions } from "./verbs/simulate.ts";

type Flags = Omit<SimulateOptions, "file" | "backlog" | "faults" | "json"> & {
  readonly backlog?: boolean;
  readonly faults?: boolean;
  readonly json?: boolean;
};

/** Adds the verb that looks ahead. */
export function addSimulate(
  program: Command,
  surroundings: Surroundings,
  end: (status: VerbStatus) => void,
): void {
  addVerb(program, "simulate", "forecast what a workflow file comes to")
    .argument("[file]", fileArgument)
    .option("--seed <seed>", "the same seed gives the same forecast", "1")
    .option("--issues <n>", "how many issues people write", "100")
    .option("--hours <n>", "in how many hours", "24")
    .option("--turn-minutes <n>", "how long half of the agents' turns take at most", "10")
    .option("--turns <n>", "how many turns a run takes at most", "2")
    .option("--failures <percent>", "share of runs that fail", "5")
    .option("--backlog", "all issues are there at the beginning")
    .option(
      "--faults",
      "kill the daemon, fail the tracker, fill the disk, again and again; check every promise",
    )
    .option("--json", "print the report as JSON")
    .action(async (file: string | undefined, flags: Flags) => {
      const { simulateWorkflow } = await import("./verbs/simulate.ts");
      const { backlog = false, faults = false, json = false, ...others } = flags;
      end(await simulateWorkflow({ file, backlog, faults, json, ...others }, surroundings));
    });
}
