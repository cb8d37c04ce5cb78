import * as v from "valibot";
import type { AcpOptions } from "./acp-options.ts";

/** The options as a workflow file has them, read. */
export interface AcpConfig {
  readonly options: AcpOptions;
  /** Keys that mean nothing here. */
  readonly unknownKeys: readonly string[];
}

const nonEmpty = v.pipe(v.string(), v.regex(/\S/, "must not be blank"));
const variable = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable"),
);
const scalar = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));

const entries = {
  agent: v.optional(v.picklist(["gemini", "opencode", "claude", "codex"])),
  program: v.optional(
    v.pipe(
      v.tupleWithRest([nonEmpty], v.string(), "must be a list, as in [my-agent, --acp]"),
      v.readonly(),
    ),
  ),
  permissions: v.optional(v.picklist(["read-only", "accept-edits", "full"]), "accept-edits"),
  mode: v.optional(v.nullable(nonEmpty), null),
  auth_method: v.optional(v.nullable(nonEmpty), null),
  project_settings: v.optional(v.boolean(), false),
  env: v.optional(v.record(variable, scalar), {}),
  pass_env: v.optional(v.array(variable), []),
  pool: v.optional(v.nullable(nonEmpty), null),
};

/** Reads `snake_case` keys, as files have them, and `camelCase` ones. Paths of errors are in `snake_case`. */
export const acpSchema: v.GenericSchema<unknown, AcpConfig> = v.pipe(
  v.unknown(),
  v.record(v.string(), v.unknown()),
  v.transform((raw) =>
    Object.fromEntries(Object.entries(raw).map(([key, value]) => [snakeCase(key), value])),
  ),
  v.looseObject(entries),
  v.forward(
    v.check(
      ({ agent, program }) => agent !== undefined || program !== undefined,
      "must be gemini, opencode, claude or codex, unless program names another agent",
    ),
    ["agent"],
  ),
  v.transform(
    ({
      agent,
      program,
      permissions,
      mode,
      auth_method,
      project_settings,
      env,
      pass_env,
      pool,
      ...unknown
    }): AcpConfig => ({
      options: {
        ...(agent === undefined ? {} : { agent }),
        ...(program === undefined ? {} : { program }),
        permissions,
        mode,
        authMethod: auth_method,
        projectSettings: project_settings,
        env,
        passEnv: pass_env,
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
