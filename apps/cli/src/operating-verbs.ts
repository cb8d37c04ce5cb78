import { InvalidArgumentError, Option, type Command } from "commander";
import { addVerb } from "./add-verb.ts";
import { fileArgument } from "./manual.ts";
import type { VerbStatus } from "./program.ts";
import type { Surroundings } from "./surroundings.ts";

const issueArgument = "identifier, id, or the beginning of one identifier";
const stateDirOption = ["--state-dir <folder>", "the state folder"] as const;
const noWaitOption = ["--no-wait", "do not wait for the end of a run"] as const;

interface OperatingFlags {
  readonly json?: boolean;
  readonly stateDir?: string;
}

/** Adds the verbs by which a running daemon is watched and given orders. */
export function addOperatingVerbs(
  program: Command,
  surroundings: Surroundings,
  end: (status: VerbStatus) => void,
): void {
  addStatus(program, surroundings);
  addLogs(program, surroundings);
  addOrder(program, "stop", "stop the run of an issue, and park it", surroundings);
  addOrder(program, "retry", "end a wait or a parking now", surroundings);
  addOrder(program, "release", "give an issue up, for it to begin anew", surroundings);
  addAnswer(program, surroundings);
  addDrain(program, surroundings, end);
}

function addStatus(program: Command, surroundings: Surroundings): void {
  addVerb(program, "status", "show what runs, what waits, and what is asked")
    .argument("[file]", fileArgument)
    .option("--json", "print it as JSON")
    .option(...stateDirOption)
    .action(async (file: string | undefined, flags: OperatingFlags) => {
      const { status } = await import("./verbs/status.ts");
      const { json = false, ...others } = flags;
      await status({ file, json, ...others }, surroundings);
    });
}

interface LogsFlags extends OperatingFlags {
  readonly follow?: boolean;
  readonly raw?: boolean;
  readonly run?: string;
  readonly lines: number | "all";
}

function addLogs(program: Command, surroundings: Surroundings): void {
  addVerb(program, "logs", "show what the agent of an issue was told, and said")
    .argument("<issue>", issueArgument)
    .argument("[file]", fileArgument)
    .option("-f, --follow", "go on as the agent does, also over its next runs")
    .option("--run <id>", "this run alone")
    .option("--raw", "the agent's own lines, as they came, in place of words")
    .addOption(
      new Option("-n, --lines <count>", "how many entries from before, or `all`")
        .default(200)
        .argParser(countOf),
    )
    .option("--json", "print one JSON object a line")
    .option(...stateDirOption)
    .action(async (issue: string, file: string | undefined, flags: LogsFlags) => {
      const { logs } = await import("./verbs/logs.ts");
      const { json = false, follow = false, raw = false, ...others } = flags;
      await logs({ issue, file, json, follow, raw, ...others }, surroundings);
    });
}

function countOf(text: string): number | "all" {
  if (text === "all") return text;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a number, or `all`.");
}

interface OrderFlags extends OperatingFlags {
  readonly wait: boolean;
}

function addOrder(
  program: Command,
  name: "stop" | "retry" | "release",
  summary: string,
  surroundings: Surroundings,
): void {
  const command = addVerb(program, name, summary)
    .argument("<issue>", issueArgument)
    .argument("[file]", fileArgument);
  if (name !== "retry") command.option(...noWaitOption);
  command
    .option("--json", "print what came of it as JSON")
    .option(...stateDirOption)
    .action(async (issue: string, file: string | undefined, flags: Partial<OrderFlags>) => {
      const { order } = await import("./verbs/order.ts");
      const { json = false, wait = true, ...others } = flags;
      await order(name, { issue, file, json, wait, ...others }, surroundings);
    });
}

interface AnswerFlags extends OperatingFlags {
  readonly force?: boolean;
}

function addAnswer(program: Command, surroundings: Surroundings): void {
  addVerb(program, "answer", "answer the question of a parked issue")
    .argument("<issue>", issueArgument)
    .argument("<text>", "the answer, or `-` to read it from stdin")
    .argument("[file]", fileArgument)
    .option("--force", "tell the next run, also where nothing was asked")
    .option("--json", "print what came of it as JSON")
    .option(...stateDirOption)
    .action(async (issue: string, text: string, file: string | undefined, flags: AnswerFlags) => {
      const { answer } = await import("./verbs/order.ts");
      const { json = false, force = false, ...others } = flags;
      await answer({ issue, text, file, json, force, ...others }, surroundings);
    });
}

function addDrain(
  program: Command,
  surroundings: Surroundings,
  end: (status: VerbStatus) => void,
): void {
  addVerb(program, "drain", "let what runs come to its end, and end the daemon")
    .argument("[file]", fileArgument)
    .option("--no-wait", "do not wait for the end of the daemon")
    .option("--json", "print what came of it as JSON")
    .option(...stateDirOption)
    .action(async (file: string | undefined, flags: OrderFlags) => {
      const { drain } = await import("./verbs/order.ts");
      const { json = false, ...others } = flags;
      end(await drain({ file, json, ...others }, surroundings));
    });
}
