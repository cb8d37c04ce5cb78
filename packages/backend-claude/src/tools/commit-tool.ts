import * as v from "valibot";
import { describeResult, runProgram, type ProgramPlace } from "./programs.ts";
import { readInput } from "./read-input.ts";
import { type PreparedCall, type Tool, type ToolContext, ToolFailure } from "./tool.ts";

const timeoutMs = 120_000;
const input = v.object({ message: v.pipe(v.string(), v.regex(/\S/, "must not be blank")) });
/** None of the repository's hooks run by this tool. */
const withoutHooks = ["-c", "core.hooksPath=/dev/null"] as const;

/** Commits all changes of the workspace: what an agent without a shell needs to hand in its work. */
export class CommitTool implements Tool {
  readonly name = "commit";
  readonly definition: Tool["definition"] = {
    name: "commit",
    description: "Commits all changes in the workspace to its git branch.",
    input_schema: {
      type: "object",
      properties: { message: { type: "string", description: "The commit's message." } },
      required: ["message"],
    },
  };
  readonly #place: ProgramPlace;

  constructor(place: ProgramPlace) {
    this.#place = place;
  }

  prepare(given: unknown): PreparedCall {
    const { message } = readInput(input, given);
    return { action: { kind: "commit" }, run: (context) => this.#run(message, context) };
  }

  async #run(message: string, context: ToolContext): Promise<string> {
    await this.#git(["add", "--all"], "", context);
    return this.#git(["commit", "--quiet", "--file=-"], message, context);
  }

  async #git(words: readonly string[], stdin: string, context: ToolContext): Promise<string> {
    const result = await runProgram(
      this.#place,
      { command: ["git", ...withoutHooks, ...words], stdin, timeoutMs },
      context,
    );
    if (result.exit.code !== 0 || result.timedOut) throw new ToolFailure(describeResult(result));
    return "Committed.";
  }
}
