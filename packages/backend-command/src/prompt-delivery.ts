import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TurnOutcome } from "@signalbox/contracts";
import type { CommandOptions } from "./command-options.ts";

/** How one prompt is handed to the program. Disposing it removes what was made for it. */
export interface PromptDelivery extends AsyncDisposable {
  readonly command: readonly [string, ...string[]];
  readonly stdin?: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The prompt cannot be handed over in this way. */
export interface RefusedPrompt {
  readonly refusal: TurnOutcome;
}

/** The kernel refuses an argument of 128 KiB, and all users of the machine can read arguments. */
const maxArgumentBytes = 65_536;
/** What `$0` is in a command line that a shell runs. */
const shellName = "signalbox";

/**
 * Plans the launch. The prompt is never a part of a command line: at most it is an argument of its own.
 * @param folder where a prompt file may stand: outside the workspace
 */
export async function deliverPrompt(
  options: CommandOptions,
  prompt: string,
  folder: string | undefined,
): Promise<PromptDelivery | RefusedPrompt> {
  if (options.prompt === "file") return deliverFile(options, prompt, folder ?? tmpdir());
  if (options.prompt !== "argument") return delivery(options, [], { stdin: prompt });
  const problem = unfitArgument(options, prompt);
  return problem === null ? delivery(options, [prompt]) : refused(problem, false);
}

async function deliverFile(
  options: CommandOptions,
  prompt: string,
  folder: string,
): Promise<PromptDelivery | RefusedPrompt> {
  let own: string;
  try {
    own = await mkdtemp(join(folder, "signalbox-prompt-"));
  } catch (error) {
    return refused(`The prompt cannot be written below ${folder}: ${String(error)}`, true);
  }
  const remove = async (): Promise<void> => rm(own, { recursive: true, force: true });
  const path = join(own, "prompt.md");
  try {
    await writeFile(path, prompt, { mode: 0o600 });
  } catch (error) {
    await remove();
    return refused(`The prompt cannot be written to ${path}: ${String(error)}`, true);
  }
  return delivery(options, [path], { environment: { SIGNALBOX_PROMPT_FILE: path }, remove });
}

function delivery(
  options: CommandOptions,
  parameters: readonly string[],
  extra: {
    readonly stdin?: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly remove?: () => Promise<void>;
  } = {},
): PromptDelivery {
  return {
    command:
      typeof options.program === "string"
        ? ["sh", "-c", options.program, shellName, ...parameters]
        : [...options.program, ...parameters],
    ...(extra.stdin === undefined ? {} : { stdin: extra.stdin }),
    environment: extra.environment ?? {},
    [Symbol.asyncDispose]: extra.remove ?? (async () => undefined),
  };
}

function unfitArgument(options: CommandOptions, prompt: string): string | null {
  const instead = "use prompt: stdin or prompt: file.";
  const bytes = Buffer.byteLength(prompt);
  if (bytes > maxArgumentBytes) {
    return `The prompt has ${bytes} bytes, and an argument may have ${maxArgumentBytes}: ${instead}`;
  }
  if (prompt.includes("\0"))
    return `The prompt has a NUL byte, which no argument can have: ${instead}`;
  const isGuarded = typeof options.program === "string" || options.program.at(-1) === "--";
  if (prompt.startsWith("-") && !isGuarded) {
    return `The prompt begins with "-", so that the program would take it for an option: end program with "--", or ${instead}`;
  }
  return null;
}

function refused(message: string, retryable: boolean): RefusedPrompt {
  return { refusal: { kind: "failed", code: "prompt", retryable, message } };
}
