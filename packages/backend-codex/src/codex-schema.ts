import type { JsonObject } from "@signalbox/contracts";
import * as v from "valibot";
import type { ApprovalPolicy, CodexOptions, Permissions } from "./codex-options.ts";

/** The options as a workflow file has them, read. */
export interface CodexConfig {
  readonly options: CodexOptions;
  /** Keys that mean nothing here. */
  readonly unknownKeys: readonly string[];
}

const nonEmpty = v.pipe(v.string(), v.regex(/\S/, "must not be blank"));
const variable = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable"),
);
const scalar = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));
const absolute = v.pipe(v.string(), v.regex(/^\//, "must be an absolute path"));
const json: v.GenericSchema<unknown, JsonObject> = v.pipe(
  v.record(v.string(), v.unknown()),
  v.check((value) => isJson(value), "must be plain data"),
  v.transform((value): JsonObject => JSON.parse(JSON.stringify(value))),
);

const reasons = v.record(v.string(), v.boolean());
/** Older versions of Codex said what is rejected where newer ones say what is asked. */
const approvalPolicy: v.GenericSchema<unknown, ApprovalPolicy> = v.union([
  v.picklist(["untrusted", "on-request", "never"]),
  v.strictObject({ granular: reasons }),
  v.pipe(
    v.strictObject({ reject: reasons }),
    v.transform(({ reject }): ApprovalPolicy => ({ granular: askedUnless(reject) })),
  ),
]);

/** Codex's own names of a sandbox. */
const sandboxPermissions: Readonly<Record<string, Permissions>> = {
  "read-only": "read-only",
  readOnly: "read-only",
  "workspace-write": "accept-edits",
  workspaceWrite: "accept-edits",
  "danger-full-access": "full",
  dangerFullAccess: "full",
  externalSandbox: "full",
};
const threadSandbox = v.picklist(["read-only", "workspace-write", "danger-full-access"]);
const turnSandbox = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform((raw) => camelKeys(raw)),
  v.object({
    type: v.picklist(["readOnly", "workspaceWrite", "dangerFullAccess", "externalSandbox"]),
    networkAccess: v.optional(v.unknown()),
    writableRoots: v.optional(v.array(absolute), []),
  }),
);

const entries = {
  program: v.optional(nonEmpty, "codex"),
  command: v.optional(v.nullable(nonEmpty), null),
  model: v.optional(v.nullable(nonEmpty), null),
  model_provider: v.optional(v.nullable(nonEmpty), null),
  permissions: v.optional(v.picklist(["read-only", "accept-edits", "full"])),
  approval_policy: v.optional(v.nullable(approvalPolicy), null),
  network: v.optional(v.boolean(), false),
  writable_roots: v.optional(v.array(absolute), []),
  trust_repository: v.optional(v.boolean(), false),
  config: v.optional(json, {}),
  env: v.optional(v.record(variable, scalar), {}),
  pass_env: v.optional(v.array(variable), []),
  pool: v.optional(v.nullable(nonEmpty), null),
  rate_limit_patience_ms: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 60_000),
  thread_sandbox: v.optional(threadSandbox),
  turn_sandbox_policy: v.optional(turnSandbox),
};

/** Reads `snake_case` keys, as files have them, and `camelCase` ones. Paths of errors are in `snake_case`. */
export const codexSchema: v.GenericSchema<unknown, CodexConfig> = v.pipe(
  v.unknown(),
  v.record(v.string(), v.unknown()),
  v.transform((raw) =>
    Object.fromEntries(Object.entries(raw).map(([key, value]) => [snakeCase(key), value])),
  ),
  v.looseObject(entries),
  v.transform((keys): CodexConfig => {
    const policy = keys.turn_sandbox_policy;
    const asked = policy?.type ?? keys.thread_sandbox;
    return {
      options: {
        program: keys.program,
        command: keys.command,
        model: keys.model,
        modelProvider: keys.model_provider,
        permissions: keys.permissions ?? sandboxPermissions[asked ?? ""] ?? "accept-edits",
        approvalPolicy: keys.approval_policy,
        network: keys.network || isOn(policy?.networkAccess),
        writableRoots: [...keys.writable_roots, ...(policy?.writableRoots ?? [])],
        trustRepository: keys.trust_repository,
        config: keys.config,
        env: keys.env,
        passEnv: keys.pass_env,
        pool: keys.pool,
        rateLimitPatienceMs: keys.rate_limit_patience_ms,
      },
      unknownKeys: Object.keys(keys).filter((key) => !Object.hasOwn(entries, key)),
    };
  }),
);

export const optionNames: readonly string[] = Object.keys(entries);

function askedUnless(reject: Readonly<Record<string, boolean>>): Record<string, boolean> {
  const all = { sandbox_approval: false, rules: false, skill_approval: false };
  const rejected = { ...all, request_permissions: false, mcp_elicitations: false, ...reject };
  return Object.fromEntries(
    Object.entries(rejected).map(([what, isRejected]) => [what, !isRejected]),
  );
}

/** Codex writes it in both ways. */
function isOn(network: unknown): boolean {
  return network === true || network === "enabled";
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camelKeys(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [
      key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}
