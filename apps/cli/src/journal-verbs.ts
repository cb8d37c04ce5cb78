import type { Command } from "commander";
import { addVerb } from "./add-verb.ts";
import { fileArgument } from "./manual.ts";
import type { VerbStatus } from "./program.ts";
import type { Surroundings } from "./surroundings.ts";

const stateDirOption = ["--state-dir <folder>", "the state folder"] as const;

interface LookFlags {
  readonly json?: boolean;
  readonly stateDir?: string;
}

/** Adds the verbs that look into the journal, now and in the past. */
export function addJournalVerbs(
  program: Command,
  surroundings: Surroundings,
  end: (status: VerbStatus) => void,
): void {
  const journal = addVerb(program, "journal", "check, measure or export the journal");
  addVerb(journal, "verify", "check that the journal is as it was written")
    .argument("[file]", fileArgument)
    .option("--json", "print what was found as JSON")
    .option(...stateDirOption)
    .action(async (file: string | undefined, { json = false, ...others }: LookFlags) => {
      const { verifyJournal } = await import("./verbs/journal.ts");
      end(await verifyJournal({ file, json, ...others }, surroundings));
    });
  addVerb(journal, "stats", "say what the journal holds")
    .argument("[file]", fileArgument)
    .option("--json", "print it as JSON")
    .option(...stateDirOption)
    .action(async (file: string | undefined, { json = false, ...others }: LookFlags) => {
      const { journalStats } = await import("./verbs/journal.ts");
      await journalStats({ file, json, ...others }, surroundings);
    });
  addExport(journal, surroundings);
  addReplay(program, surroundings, end);
}

interface ExportFlags extends LookFlags {
  readonly from?: string;
  readonly to?: string;
}

function addExport(journal: Command, surroundings: Surroundings): void {
  addVerb(journal, "export", "print the entries, one JSON object a line")
    .argument("[file]", fileArgument)
    .option("--from <point>", "the first entry: its number, or a time")
    .option("--to <point>", "the last entry: its number, or a time")
    .option("--json", "what it prints anyway")
    .option(...stateDirOption)
    .action(async (file: string | undefined, { json = false, ...others }: ExportFlags) => {
      const { exportJournal } = await import("./verbs/journal.ts");
      await exportJournal({ file, json, ...others }, surroundings);
    });
}

interface ReplayFlags extends LookFlags {
  readonly at?: string;
  readonly from?: string;
  readonly step?: boolean;
  readonly verify?: boolean;
}

function addReplay(
  program: Command,
  surroundings: Surroundings,
  end: (status: VerbStatus) => void,
): void {
  addVerb(program, "replay", "rebuild the state from the journal")
    .argument("[file]", fileArgument)
    .option("--at <time>", "as it was then: ISO 8601, epoch milliseconds, or -2h")
    .option("--step", "print each entry and what was decided")
    .option("--from <point>", "with --step, the first entry: its number, or a time")
    .option("--verify", "compare the snapshots with the entries")
    .option("--json", "print the state's summary, or each entry, as JSON")
    .option(...stateDirOption)
    .action(async (file: string | undefined, flags: ReplayFlags) => {
      const { replayJournal } = await import("./verbs/replay.ts");
      const { json = false, step = false, verify = false, ...others } = flags;
      end(await replayJournal({ file, json, step, verify, ...others }, surroundings));
    });
}
