import type { JsonObject } from "@signalbox/contracts";

/**
 * What the agent may do without anybody watching. `read-only`: look. `accept-edits`: change files in the workspace,
 * commit, and run commands that can do no more. `full`: whatever it asks for, without Codex's own sandbox.
 */
export type Permissions = "read-only" | "accept-edits" | "full";

/** When Codex asks, in its own words. What it asks for is answered by `permissions`. */
export type ApprovalPolicy =
  | "untrusted"
  | "on-request"
  | "never"
  | { readonly granular: Readonly<Record<string, boolean>> };

export interface CodexOptions {
  /** The executable: a bare name is looked up on the agent's PATH. Default `codex`. */
  readonly program?: string;
  /** A whole command line for `sh -c` that speaks as `codex app-server` does, in place of `program`. */
  readonly command?: string | null;
  /** A model's name. Default: what Codex chooses. */
  readonly model?: string | null;
  /** One of Codex's providers, or one that `config` describes. Default: what Codex is configured for. */
  readonly modelProvider?: string | null;
  /** Default `accept-edits`. */
  readonly permissions?: Permissions;
  /** Default: `never` with `full`, else `on-request`. */
  readonly approvalPolicy?: ApprovalPolicy | null;
  /** Whether commands reach the network with `accept-edits`. Default `false`. */
  readonly network?: boolean;
  /** Absolute folders that may be changed with `accept-edits`, beside the workspace. */
  readonly writableRoots?: readonly string[];
  /** Whether settings, MCP servers and rules that the repository brings along are read. Default `false`. */
  readonly trustRepository?: boolean;
  /** Further configuration of Codex, as its `config.toml` nests it. It wins over what is set here by itself. */
  readonly config?: JsonObject;
  /** Further variables for the agent. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of the daemon's variables that the agent gets beside the harmless ones and its own. */
  readonly passEnv?: readonly string[];
  /** The account that usage and quotas are counted on. Default: told by how Codex is logged in. */
  readonly pool?: string | null;
  /** How long Codex may wait by itself for a rate limit to pass, in milliseconds. Default 60000. */
  readonly rateLimitPatienceMs?: number;
}

/** With all defaults in place. */
export type ResolvedOptions = Required<Omit<CodexOptions, "approvalPolicy">> & {
  readonly approvalPolicy: ApprovalPolicy;
};

export function resolveOptions(options: CodexOptions): ResolvedOptions {
  const permissions = options.permissions ?? "accept-edits";
  return {
    program: options.program ?? "codex",
    command: options.command ?? null,
    model: options.model ?? null,
    modelProvider: options.modelProvider ?? null,
    permissions,
    approvalPolicy: options.approvalPolicy ?? (permissions === "full" ? "never" : "on-request"),
    network: options.network ?? false,
    writableRoots: options.writableRoots ?? [],
    trustRepository: options.trustRepository ?? false,
    config: options.config ?? {},
    env: options.env ?? {},
    passEnv: options.passEnv ?? [],
    pool: options.pool ?? null,
    rateLimitPatienceMs: options.rateLimitPatienceMs ?? 60_000,
  };
}
