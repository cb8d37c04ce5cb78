/**
 * What the agent may do without anybody watching. `read-only`: look. `plan`: look, and say what it would do.
 * `accept-edits`: edit files in the workspace and run commands. `full`: whatever it asks for.
 */
export type Permissions = "read-only" | "plan" | "accept-edits" | "full";

/** Whose settings, hooks, MCP servers and instructions are read: the user's, the repository's, or its local ones. */
export type SettingSource = "user" | "project" | "local";

export interface ClaudeCodeOptions {
  /** The executable: a bare name is looked up on the agent's PATH. Default `claude`. */
  readonly program?: string;
  /** A model's name or alias. Default: what Claude Code chooses. */
  readonly model?: string | null;
  /** Default `accept-edits`. */
  readonly permissions?: Permissions;
  /** Rules of Claude Code for tools that need no permission, such as `WebFetch(domain:example.com)`. */
  readonly allowedTools?: readonly string[];
  /** Rules of Claude Code for tools that are refused, such as `Bash(git push *)`. They win over all else. */
  readonly deniedTools?: readonly string[];
  /** Default: none, so that nothing that a repository brings along runs by itself. */
  readonly settingSources?: readonly SettingSource[];
  /** Further arguments of the program, after all others. */
  readonly arguments?: readonly string[];
  /** Further variables for the agent. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of the daemon's variables that the agent gets beside the harmless ones and its own. */
  readonly passEnv?: readonly string[];
  /** How often Claude Code itself repeats a request to the model, 0 to 20. Default 5: about 15 seconds. */
  readonly maxRetries?: number;
  /** The account that usage and quotas are counted on. Default: told by how Claude Code is logged in. */
  readonly pool?: string | null;
}

/** With all defaults in place. */
export type ResolvedOptions = Required<ClaudeCodeOptions>;

export function resolveOptions(options: ClaudeCodeOptions): ResolvedOptions {
  return {
    program: options.program ?? "claude",
    model: options.model ?? null,
    permissions: options.permissions ?? "accept-edits",
    allowedTools: options.allowedTools ?? [],
    deniedTools: options.deniedTools ?? [],
    settingSources: options.settingSources ?? [],
    arguments: options.arguments ?? [],
    env: options.env ?? {},
    passEnv: options.passEnv ?? [],
    maxRetries: options.maxRetries ?? 5,
    pool: options.pool ?? null,
  };
}
