import { join, sep } from "node:path";
import * as v from "valibot";
import { runProgram, type ProgramPlace } from "./programs.ts";
import { readInput } from "./read-input.ts";
import { type PreparedCall, type Tool, type ToolContext, ToolFailure } from "./tool.ts";
import type { WorkspaceFiles } from "./workspace-files.ts";

const timeoutMs = 60_000;
const hidden = [".git", "node_modules"];

const input = v.object({
  pattern: v.pipe(v.string(), v.minLength(1)),
  path: v.optional(v.pipe(v.string(), v.minLength(1)), "."),
});
const where = { type: "string", description: "File or folder to look in. Default: the workspace." };

/** Looks into files by a program of its own: an expression that never ends ends there. */
export class SearchTool implements Tool {
  readonly name = "search";
  readonly definition: Tool["definition"] = {
    name: "search",
    description:
      "Finds lines that match an extended regular expression, as `path:line:text`. Skips binary files, .git and node_modules.",
    input_schema: {
      type: "object",
      properties: { pattern: { type: "string" }, path: where },
      required: ["pattern"],
    },
  };
  readonly #files: WorkspaceFiles;
  readonly #place: ProgramPlace;

  constructor(files: WorkspaceFiles, place: ProgramPlace) {
    this.#files = files;
    this.#place = place;
  }

  prepare(given: unknown): PreparedCall {
    const { pattern, path } = readInput(input, given);
    return { action: { kind: "look" }, run: (context) => this.#run(pattern, path, context) };
  }

  async #run(pattern: string, path: string, context: ToolContext): Promise<string> {
    const { relative } = await this.#files.locate(path);
    const skipped = hidden.map((name) => `--exclude-dir=${name}`);
    const command = ["grep", "-rnEIH", "--null", ...skipped, "-e", pattern, "--", dotted(relative)];
    const found = await look(this.#place, command, context, 1);
    const shown = found.split("\n").flatMap((line) => {
      const end = line.indexOf("\0");
      if (end === -1) return line.startsWith("[") ? [line] : [];
      const file = undotted(line.slice(0, end));
      return this.#files.allows(file) ? [`${file}:${line.slice(end + 1)}`] : [];
    });
    return shown.length === 0 ? "[no match]" : shown.join("\n");
  }
}

/** Finds files by the shape of their names. */
export class FindTool implements Tool {
  readonly name = "find_files";
  readonly definition: Tool["definition"] = {
    name: "find_files",
    description:
      "Finds files by a shell pattern: `*.ts` is held against the name; with a slash, as in `src/*test*`, against the path, where * also stands for slashes. Skips .git and node_modules.",
    input_schema: {
      type: "object",
      properties: { pattern: { type: "string" }, path: where },
      required: ["pattern"],
    },
  };
  readonly #files: WorkspaceFiles;
  readonly #place: ProgramPlace;

  constructor(files: WorkspaceFiles, place: ProgramPlace) {
    this.#files = files;
    this.#place = place;
  }

  prepare(given: unknown): PreparedCall {
    const { pattern, path } = readInput(input, given);
    return { action: { kind: "look" }, run: (context) => this.#run(pattern, path, context) };
  }

  async #run(pattern: string, path: string, context: ToolContext): Promise<string> {
    const { relative } = await this.#files.locate(path);
    const test = pattern.includes("/") ? ["-path", `./${undotted(pattern)}`] : ["-name", pattern];
    const skipped = hidden.flatMap((name) => ["-name", name, "-prune", "-o"]);
    const command = ["find", dotted(relative), ...skipped, "-type", "f", ...test, "-print"];
    const found = await look(this.#place, command, context, 0);
    const shown = found
      .split("\n")
      .map(undotted)
      .filter((line) => line !== "");
    const allowed = shown.filter((line) => this.#files.allows(line));
    return allowed.length === 0 ? "[no match]" : allowed.join("\n");
  }
}

/** @param maxCode the highest exit code that is none of a failure */
async function look(
  place: ProgramPlace,
  [program = "", ...rest]: readonly string[],
  context: ToolContext,
  maxCode: number,
): Promise<string> {
  const result = await runProgram(place, { command: [program, ...rest], timeoutMs }, context);
  const { exit, stdout, stderr, timedOut } = result;
  if (timedOut) throw new ToolFailure(`${program} took more than ${timeoutMs / 1_000} s.`);
  const isFailure = exit.code === null || exit.code > maxCode;
  if (isFailure && stdout.text === "") throw new ToolFailure(`${program}: ${stderr.text.trim()}`);
  return stdout.text.trimEnd();
}

/** A path that is no option, whatever it begins with. */
function dotted(path: string): string {
  return path === "." ? path : `.${sep}${path}`;
}

function undotted(path: string): string {
  return path.startsWith("./") ? join(path.slice(2)) : path;
}
