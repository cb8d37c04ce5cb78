import type { LogLevel } from "@signalbox/contracts";
import { Command, CommanderError, Option, type Argument } from "commander";
import { addVerb } from "./add-verb.ts";
import { logLevels } from "./log-lines.ts";
import { addJournalVerbs } from "./journal-verbs.ts";
import { descriptions, endings, fileArgument } from "./manual.ts";
import { addOperatingVerbs } from "./operating-verbs.ts";
import { addSimulate } from "./simulate-verb.ts";
import { addPluginVerbs } from "./plugin-verbs.ts";
import type { Surroundings } from "./surroundings.ts";
import { UsageError } from "./terminal/failure.ts";
import { version } from "./version.ts";

/** What a verb ends with when nothing is thrown: `1` where it found what it looked for and that is bad. */
export type VerbStatus = 0 | 1;

/**
 * Runs the verb that the arguments name. A verb's own code is imported when it is called. Rejects with `UsageError`
 * for a wrong command line; what a verb throws passes through.
 */
export async function runProgram(
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<VerbStatus> {
  const ended: { status: VerbStatus } = { status: 0 };
  const program = createProgram(surroundings, (status) => {
    ended.status = status;
  });
  try {
    await program.parseAsync(asOption(argv, program), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new UsageError(usageText(error));
  }
  return ended.status;
}

/** `help journal verify` is `journal verify --help`, however deep a verb is. */
function asOption(argv: readonly string[], program: Command): readonly string[] {
  const [first, ...words] = argv;
  if (first !== "help" || words.length === 0) return argv;
  let command: Command | undefined = program;
  for (const word of words) {
    command = command.commands.find((each) => each.name() === word);
    if (command === undefined) throw new UsageError(`there is no verb "${words.join(" ")}"`);
  }
  return [...words, "--help"];
}

function usageText(error: CommanderError): string {
  // Called without a verb, commander has printed the page and has nothing to add.
  return error.code === "commander.help"
    ? "a verb is missing"
    : error.message.replace(/^error: /, "");
}

function createProgram(surroundings: Surroundings, end: (status: VerbStatus) => void): Command {
  const program = new Command("signalbox");
  // Verbs take these settings over from the program, so they come first.
  program.exitOverride().configureOutput({
    writeOut: (text) => surroundings.out.raw(text),
    writeErr: (text) => surroundings.err.raw(text),
    // One catch prints every failure.
    outputError: () => undefined,
    getOutHelpWidth: () => Math.min(80, surroundings.columns()),
    getErrHelpWidth: () => Math.min(80, surroundings.columns()),
  });
  program
    .description(descriptions.signalbox)
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this page")
    .helpCommand("help [verb...]", "print the page of a verb")
    .configureHelp({
      subcommandTerm: (command) =>
        [command.name(), ...command.registeredArguments.map(termOf)].join(" "),
    })
    .addHelpText("after", endings.signalbox);
  addInit(program, surroundings);
  addValidate(program, surroundings, end);
  addRun(program, surroundings);
  addExplain(program, surroundings);
  addOperatingVerbs(program, surroundings, end);
  addJournalVerbs(program, surroundings, end);
  addSimulate(program, surroundings, end);
  addPluginVerbs(program, surroundings);
  return program;
}

function termOf(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

interface InitFlags {
  readonly force?: boolean;
  readonly json?: boolean;
  readonly createLabels?: boolean;
}

function addInit(program: Command, surroundings: Surroundings): void {
  addVerb(program, "init", "write a WORKFLOW.md for this git repository")
    .option("-f, --force", "replace the workflow file that is there")
    .option("--create-labels", "create the status labels of its repository on GitHub")
    .option("--json", "print the result as JSON")
    .action(async ({ force = false, json = false, createLabels = false }: InitFlags) => {
      const { init } = await import("./verbs/init.ts");
      await init({ force, json, createLabels }, surroundings);
    });
}

function addValidate(
  program: Command,
  surroundings: Surroundings,
  end: (status: VerbStatus) => void,
): void {
  addVerb(program, "validate", "check a workflow file")
    .argument("[file]", fileArgument)
    .option("--json", "print the problems as JSON")
    .action(async (file: string | undefined, { json = false }: { json?: boolean }) => {
      const { validate } = await import("./verbs/validate.ts");
      end(await validate({ file, json }, surroundings));
    });
}

interface RunFlags {
  readonly once?: boolean;
  readonly dryRun?: boolean;
  readonly takeOver?: boolean;
  readonly json?: boolean;
  readonly stateDir?: string;
  readonly logLevel: LogLevel;
}

function addRun(program: Command, surroundings: Surroundings): void {
  addVerb(program, "run", "run the daemon")
    .argument("[file]", fileArgument)
    .option("--once", "end when nothing is left to do, and print a table")
    .option("--take-over", "end the daemon that has the journal, and go on with its agents")
    .option("--dry-run", "say what would be started and why the rest waits; touch nothing")
    .option("--json", "print one JSON object a line")
    .option("--state-dir <folder>", "the state folder")
    .addOption(
      new Option("--log-level <level>", "what the log on stderr tells")
        .choices(logLevels)
        .default("warn"),
    )
    .action(async (file: string | undefined, flags: RunFlags) => {
      const { dryRun: isDry = false, json = false, ...others } = flags;
      if (isDry) {
        const { dryRun } = await import("./verbs/dry-run.ts");
        await dryRun({ file, json, ...others }, surroundings);
        return;
      }
      const { run } = await import("./verbs/run.ts");
      const { once = false, takeOver = false } = others;
      await run({ file, json, ...others, once, takeOver }, surroundings);
    });
}

interface ExplainFlags {
  readonly at?: string;
  readonly json?: boolean;
  readonly stateDir?: string;
}

function addExplain(program: Command, surroundings: Surroundings): void {
  addVerb(program, "explain", "say why an issue is not running")
    .argument("<issue>", "identifier, id, or the beginning of one identifier")
    .argument("[file]", fileArgument)
    .option("--at <time>", "as it was then: ISO 8601, epoch milliseconds, or -2h")
    .option("--json", "print the reasons as JSON")
    .option("--state-dir <folder>", "the state folder")
    .action(async (issue: string, file: string | undefined, flags: ExplainFlags) => {
      const { explain } = await import("./verbs/explain.ts");
      const { json = false, ...others } = flags;
      await explain({ issue, file, json, ...others }, surroundings);
    });
}
