import { isDeepStrictEqual } from "node:util";
import type { JsonObject, JsonValue, SessionOrder } from "@signalbox/contracts";
import * as v from "valibot";
import { dynamicTools } from "./call-tool.ts";
import type { Permissions, ResolvedOptions } from "./codex-options.ts";
import { ownProvider, type Provider } from "./program-environment.ts";

interface SandboxNames {
  /** As Codex is asked for it. */
  readonly asked: string;
  /** As Codex says that it is. */
  readonly told: string;
}

const sandboxes: Readonly<Record<Permissions, SandboxNames>> = {
  "read-only": { asked: "read-only", told: "readOnly" },
  "accept-edits": { asked: "workspace-write", told: "workspaceWrite" },
  full: { asked: "danger-full-access", told: "dangerFullAccess" },
};

export interface ThreadOrder {
  readonly options: ResolvedOptions;
  readonly session: Pick<SessionOrder, "cwd" | "tools">;
  readonly environment: Readonly<Record<string, string>>;
  /** What a commit writes to. */
  readonly gitFolders: readonly string[];
}

/** The parameters that begin a thread, or go on with one. */
export function threadParameters(order: ThreadOrder): JsonObject {
  const { options, session, environment, gitFolders } = order;
  const provider = options.modelProvider === null ? ownProvider(environment) : null;
  const tools = dynamicTools(session.tools);
  return {
    cwd: session.cwd,
    model: options.model,
    modelProvider: options.modelProvider ?? provider?.name ?? null,
    approvalPolicy: options.approvalPolicy,
    sandbox: sandboxes[options.permissions].asked,
    config: merge(
      {
        // Codex trusts a folder that it may write to, unless it is told not to: then it runs what the repository says.
        projects: {
          [session.cwd]: { trust_level: options.trustRepository ? "trusted" : "untrusted" },
        },
        sandbox_workspace_write: {
          network_access: options.network,
          writable_roots: [...gitFolders, ...options.writableRoots],
          // The folder of all users is no place for one agent that has a folder of its own.
          exclude_slash_tmp: (environment["TMPDIR"] ?? "/tmp") !== "/tmp",
        },
        shell_environment_policy: { exclude: credentialNames(options, provider) },
        ...(provider === null ? {} : { model_providers: { [provider.name]: provider.settings } }),
      },
      options.config,
    ),
    ...(tools.length === 0 ? {} : { dynamicTools: tools }),
  };
}

/** What Codex says that a thread runs with. */
export interface ThreadAnswer {
  readonly threadId: string;
  readonly model: string | null;
  readonly modelProvider: string;
  readonly approvalPolicy: unknown;
  readonly sandbox: { readonly type: string; readonly networkAccess: boolean };
}

const threadAnswer = v.pipe(
  v.object({
    thread: v.object({ id: v.pipe(v.string(), v.regex(/\S/)) }),
    model: v.fallback(v.nullable(v.string()), null),
    modelProvider: v.fallback(v.string(), ""),
    approvalPolicy: v.unknown(),
    sandbox: v.object({ type: v.string(), networkAccess: v.fallback(v.boolean(), false) }),
  }),
  v.transform(({ thread, ...rest }): ThreadAnswer => ({ threadId: thread.id, ...rest })),
);

/** `null` for what is no answer to the beginning of a thread. */
export function parseThreadAnswer(result: unknown): ThreadAnswer | null {
  const parsed = v.safeParse(threadAnswer, result);
  return parsed.success ? parsed.output : null;
}

/** Why the thread must not go on with what Codex says it runs with; `null` where it may. */
export function settingsProblem(
  { approvalPolicy, sandbox }: ThreadAnswer,
  options: ResolvedOptions,
): string | null {
  const { told } = sandboxes[options.permissions];
  if (sandbox.type !== told) {
    return `Codex runs with the sandbox ${sandbox.type}, and ${told} was asked for.`;
  }
  if (sandbox.networkAccess && !options.network && !("sandbox_workspace_write" in options.config)) {
    return "Codex runs its commands with the network, and without was asked for.";
  }
  if (isDeepStrictEqual(approvalPolicy, options.approvalPolicy)) return null;
  const [is, asked] = [approvalPolicy, options.approvalPolicy].map((policy) => policyText(policy));
  return `Codex runs with the approval policy ${is}, and ${asked} was asked for.`;
}

/** In one line, for those who watch. */
export function settingsText(answer: ThreadAnswer, { permissions }: ResolvedOptions): string {
  const { sandbox, approvalPolicy, modelProvider } = answer;
  const network = sandbox.networkAccess || sandbox.type === "dangerFullAccess" ? "on" : "off";
  const approvals = policyText(approvalPolicy);
  return `permissions ${permissions} (sandbox ${sandbox.type}, network ${network}, approvals ${approvals}), provider ${modelProvider}`;
}

function policyText(policy: unknown): string {
  return typeof policy === "string" ? policy : JSON.stringify(policy);
}

/** What the agent's own commands have no use for. */
function credentialNames({ config }: ResolvedOptions, provider: Provider | null): string[] {
  const described = v.safeParse(
    v.record(v.string(), v.looseObject({ env_key: v.optional(v.string()) })),
    config["model_providers"],
  );
  const named = described.success
    ? Object.values(described.output).flatMap(({ env_key: name }) => name ?? [])
    : [];
  return [...new Set([...named, ...(provider === null ? [] : [provider.settings.env_key])])];
}

/** `over` wins, down to single values. */
function merge(under: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isObject(below) && isObject(value) ? merge(below, value) : value;
  }
  return merged;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
