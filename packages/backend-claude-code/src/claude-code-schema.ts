import * as v from "valibot";
import type { ClaudeCodeOptions } from "./claude-code-options.ts";

/** The options as a workflow file has them, read. */
export interface ClaudeCodeConfig {
  readonly options: ClaudeCodeOptions;
  /** Keys that mean nothing here. */
  readonly unknownKeys: readonly string[];
}

const nonEmpty = v.pipe(v.string(), v.regex(/\S/, "must not be blank"));
const variable = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable"),
);
const scalar = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));
const word = v.pipe(nonEmpty, v.regex(/^[^-]/, "must not begin with -"));

const entries = {
  program: v.optional(nonEmpty, "claude"),
  model: v.optional(v.nullable(word), null),
  permissions: v.optional(
    v.picklist(["read-only", "plan", "accept-edits", "full"]),
    "accept-edits",
  ),
  allowed_tools: v.optional(v.array(word), []),
  denied_tools: v.optional(v.array(word), []),
  setting_sources: v.optional(v.array(v.picklist(["user", "project", "local"])), []),
  arguments: v.optional(v.array(v.string()), []),
  env: v.optional(v.record(variable, scalar), {}),
  pass_env: v.optional(v.array(variable), []),
  max_retries: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20)), 5),
  pool: v.optional(v.nullable(nonEmpty), null),
};

/** Reads `snake_case` keys, as files have them, and `camelCase` ones. Paths of errors are in `snake_case`. */
export const claudeCodeSchema: v.GenericSchema<unknown, ClaudeCodeConfig> = v.pipe(
  v.unknown(),
  v.record(v.string(), v.unknown()),
  v.transform((raw) =>
    Object.fromEntries(Object.entries(raw).map(([key, value]) => [snakeCase(key), value])),
  ),
  v.looseObject(entries),
  v.transform(
    ({
      program,
      model,
      permissions,
      allowed_tools,
      denied_tools,
      setting_sources,
      arguments: further,
      env,
      pass_env,
      max_retries,
      pool,
      ...unknown
    }): ClaudeCodeConfig => ({
      options: {
        program,
        model,
        permissions,
        allowedTools: allowed_tools,
        deniedTools: denied_tools,
        settingSources: setting_sources,
        arguments: further,
        env,
        passEnv: pass_env,
        maxRetries: max_retries,
        pool,
      },
      unknownKeys: Object.keys(unknown),
    }),
  ),
);

export const optionNames: readonly string[] = Object.keys(entries);

function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
