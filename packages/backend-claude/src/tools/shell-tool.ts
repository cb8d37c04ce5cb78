import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import * as v from "valibot";
import { describeResult, runProgram, type ProgramPlace } from "./programs.ts";
import { readInput } from "./read-input.ts";
import { type PreparedCall, type Tool, type ToolContext, ToolFailure } from "./tool.ts";

const input = v.union([
  v.object({ restart: v.literal(true) }),
  v.object({ command: v.pipe(v.string(), v.minLength(1)) }),
]);

/** One argument of a program takes 128 KiB on Linux. */
const maxCommandBytes = 100_000;
/**
 * `$1` is the command, `$2` a mark before the folder that it leaves behind. An `exit` in the command ends the shell,
 * therefore the trap.
 */
const script = `trap 'status=$?; printf "%s%s\\n" "$2" "$PWD"; exit $status' EXIT\neval "$1"`;

/**
 * The vendor's shell. Every command has a shell of its own, which ends with everything that it started; the folder that
 * a command leaves behind is where the next one begins.
 */
export class ShellTool implements Tool {
  readonly name = "bash";
  readonly definition: Tool["definition"] = { type: "bash_20250124", name: "bash" };
  readonly #place: ProgramPlace;
  readonly #shell: string;
  readonly #timeoutMs: number;
  #folder: string;

  /** @param shell `bash`, or `sh` where there is none */
  constructor(place: ProgramPlace, shell: string, timeoutMs: number) {
    this.#place = place;
    this.#shell = shell;
    this.#timeoutMs = timeoutMs;
    this.#folder = place.cwd;
  }

  prepare(given: unknown): PreparedCall {
    const read = readInput(input, given);
    if ("restart" in read) return { action: { kind: "look" }, run: async () => this.#restart() };
    const { command } = read;
    return {
      action: { kind: "run", command },
      run: async (context) => this.#run(command, context),
    };
  }

  #restart(): string {
    this.#folder = this.#place.cwd;
    return "The next command begins in the workspace.";
  }

  async #run(command: string, context: ToolContext): Promise<string> {
    if (Buffer.byteLength(command) > maxCommandBytes || command.includes("\0")) {
      throw new ToolFailure(
        "The command is too long, or has a NUL byte: write it to a file first.",
      );
    }
    if (!(await isFolder(this.#folder))) this.#restart();
    const mark = `[${randomUUID()}] `;
    const result = await runProgram(
      this.#place,
      {
        command: [this.#shell, "-c", script, this.#shell, command, mark],
        cwd: this.#folder,
        timeoutMs: this.#timeoutMs,
      },
      context,
    );
    const { text } = result.stdout;
    const at = text.lastIndexOf(mark);
    const output = at === -1 ? text : text.slice(0, at);
    if (at !== -1) this.#folder = text.slice(at + mark.length).split("\n", 1)[0] ?? this.#folder;
    const described = describeResult(result, output.replace(/\n$/, ""));
    if (result.exit.code !== 0) throw new ToolFailure(described);
    return described;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
