import * as v from "valibot";
import { type ClaudeOptions, defaultSettings } from "./claude-options.ts";

/** The options as a workflow file has them, read. */
export interface ClaudeConfig {
  readonly options: ClaudeOptions;
  /** Keys that mean nothing here. */
  readonly unknownKeys: readonly string[];
}

const keyVariable = "ANTHROPIC_API_KEY";
const baseUrlVariable = "ANTHROPIC_BASE_URL";

const text = v.pipe(v.string(), v.regex(/\S/, "must not be blank"));
const texts = v.array(text);
const count = (least: number): v.GenericSchema<unknown, number> =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(least, `must be ${least} or more`));
const variable = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable"),
);
const scalar = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));
const pathBelow = v.pipe(
  text,
  v.check(
    (path) => !path.startsWith("/") && !path.split("/").includes(".."),
    "must be a path below the workspace",
  ),
);

const entries = {
  api_key: v.optional(text),
  base_url: v.optional(v.pipe(v.string(), v.url("must be a URL"))),
  model: v.optional(text),
  permissions: v.optional(
    v.picklist(["read-only", "accept-edits", "full"], "must be read-only, accept-edits or full"),
  ),
  allow_commands: v.optional(texts),
  deny_tools: v.optional(texts),
  deny_paths: v.optional(v.array(pathBelow)),
  deny_commands: v.optional(texts),
  max_tokens: v.optional(count(1)),
  context_window: v.optional(count(1_000)),
  thinking: v.optional(v.picklist(["adaptive", "disabled"], "must be adaptive or disabled")),
  max_requests: v.optional(count(1)),
  max_retries: v.optional(count(0)),
  max_retry_wait_ms: v.optional(count(0)),
  command_timeout_ms: v.optional(count(1)),
  max_output_bytes: v.optional(count(1_000)),
  instructions: v.optional(v.string()),
  env: v.optional(v.record(variable, scalar)),
  pass_env: v.optional(v.array(variable)),
  pool: v.optional(text),
  session_folder: v.optional(text),
};
type Entries = v.InferOutput<ReturnType<typeof looseEntries>>;

/**
 * Reads `snake_case` keys, as files have them, and `camelCase` ones. Without `api_key` and `base_url` it takes the
 * vendor's own variables, `ANTHROPIC_API_KEY` and `ANTHROPIC_BASE_URL`. `null` counts as a key that is not there.
 */
export const claudeSchema: v.GenericSchema<unknown, ClaudeConfig> = v.pipe(
  v.unknown(),
  v.record(v.string(), v.unknown()),
  v.transform(withVariables),
  looseEntries(),
  v.forward(
    v.check(
      ({ api_key }) => api_key !== undefined,
      `is needed: set ${keyVariable}, or write api_key: $NAME for another variable`,
    ),
    ["api_key"],
  ),
  v.forward(
    v.check(
      ({ max_tokens = defaultSettings.maxTokens, context_window }) =>
        max_tokens < (context_window ?? defaultSettings.contextWindow),
      "must be less than context_window",
    ),
    ["max_tokens"],
  ),
  v.transform(toConfig),
);

export const optionNames: readonly string[] = Object.keys(entries);

function looseEntries(): v.LooseObjectSchema<typeof entries, undefined> {
  return v.looseObject(entries);
}

function withVariables(raw: Record<string, unknown>): Record<string, unknown> {
  const given = Object.entries(raw)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => [snakeCase(key), value] as const);
  const { [keyVariable]: key, [baseUrlVariable]: url } = process.env;
  return {
    ...(key ? { api_key: key } : {}),
    ...(url ? { base_url: url } : {}),
    ...Object.fromEntries(given),
  };
}

function toConfig(read: Entries): ClaudeConfig {
  const unknownKeys = Object.keys(read).filter((key) => !optionNames.includes(key));
  const options: { -readonly [Key in keyof ClaudeOptions]?: ClaudeOptions[Key] | undefined } = {
    baseUrl: read.base_url,
    model: read.model,
    permissions: read.permissions,
    allowCommands: read.allow_commands,
    denyTools: read.deny_tools,
    denyPaths: read.deny_paths,
    denyCommands: read.deny_commands,
    maxTokens: read.max_tokens,
    contextWindow: read.context_window,
    thinking: read.thinking,
    maxRequests: read.max_requests,
    maxRetries: read.max_retries,
    maxRetryWaitMs: read.max_retry_wait_ms,
    commandTimeoutMs: read.command_timeout_ms,
    maxOutputBytes: read.max_output_bytes,
    instructions: read.instructions,
    env: read.env,
    passEnv: read.pass_env,
    pool: read.pool,
    sessionFolder: read.session_folder,
  };
  return { options: { ...withoutUndefined(options), apiKey: read.api_key ?? "" }, unknownKeys };
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function withoutUndefined<T extends object>(given: T): Given<T>;
function withoutUndefined(given: object): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
