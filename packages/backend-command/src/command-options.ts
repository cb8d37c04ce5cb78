import * as v from "valibot";

/** What an exit code says about the turn. `failed` is final, `retry` is a failure that may go away by itself. */
export type ExitMeaning = "succeeded" | "failed" | "retry" | "needs-input" | "quota-exhausted";

export interface CommandOptions {
  /**
   * The agent: an executable and its arguments; with `shell`, one command line. A bare name is looked up on the
   * agent's PATH, a relative path with a slash starts at the workspace.
   */
  readonly program: readonly [string, ...string[]] | string;
  /**
   * How the prompt reaches it: on its standard input; in a file outside the workspace, whose path is the last
   * argument and `SIGNALBOX_PROMPT_FILE`; or as the last argument itself, up to 64 KiB. Default `stdin`.
   */
  readonly prompt?: "stdin" | "file" | "argument";
  /** Runs `program` by `sh -c`. The prompt never becomes part of the command line: it is `$1`. Default false. */
  readonly shell?: boolean;
  /** Further variables for the agent. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of the daemon's variables that the agent gets beside the harmless ones. */
  readonly passEnv?: readonly string[];
  /** Meaning by exit code. Default: 0 succeeded, 126 and 127 failed, all else retry. */
  readonly exitCodes?: Readonly<Record<string, ExitMeaning>>;
}

/** The options as a workflow file has them, read. */
export interface CommandConfig {
  readonly options: CommandOptions;
  /** Keys that mean nothing here. */
  readonly unknownKeys: readonly string[];
}

const exitMeaning = v.picklist(["succeeded", "failed", "retry", "needs-input", "quota-exhausted"]);
const nonEmpty = v.pipe(v.string(), v.regex(/\S/, "must not be blank"));
const variable = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable"),
);
const exitCode = v.pipe(
  v.string(),
  v.check(
    (text) => /^\d{1,3}$/.test(text) && Number(text) <= 255,
    "must be an exit code, 0 to 255",
  ),
);
const scalar = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));

const entries = {
  program: v.union(
    [nonEmpty, v.pipe(v.tupleWithRest([nonEmpty], v.string()), v.readonly())],
    "must name the agent's executable and its arguments, as in [node, agent.mjs]",
  ),
  prompt: v.optional(v.picklist(["stdin", "file", "argument"]), "stdin"),
  shell: v.optional(v.boolean(), false),
  env: v.optional(v.record(variable, scalar), {}),
  pass_env: v.optional(v.array(variable), []),
  exit_codes: v.optional(v.record(exitCode, exitMeaning), {}),
};

/** Reads `snake_case` keys, as files have them, and `camelCase` ones. Paths of errors are in `snake_case`. */
export const commandSchema: v.GenericSchema<unknown, CommandConfig> = v.pipe(
  v.unknown(),
  v.record(v.string(), v.unknown()),
  v.transform((raw) =>
    Object.fromEntries(Object.entries(raw).map(([key, value]) => [snakeCase(key), value])),
  ),
  v.looseObject(entries),
  v.forward(
    v.check(
      ({ program, shell }) => (typeof program === "string") === shell,
      "must be a list, as in [node, agent.mjs]; a command line in one string needs shell: true",
    ),
    ["program"],
  ),
  v.transform(
    ({ program, prompt, shell, env, pass_env, exit_codes, ...unknown }): CommandConfig => ({
      options: { program, prompt, shell, env, passEnv: pass_env, exitCodes: exit_codes },
      unknownKeys: Object.keys(unknown),
    }),
  ),
);

export const optionNames: readonly string[] = Object.keys(entries);

function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
