import { type AgentName, type AgentPreset, agentPresets } from "./agent-presets.ts";

/**
 * What the agent may do without anybody watching. `read-only`: look. `accept-edits`: edit files in the workspace and run
 * commands. `full`: whatever it asks for.
 */
export type Permissions = "read-only" | "accept-edits" | "full";

export interface AcpOptions {
  /** An agent that is known here: how it is started, logged in and kept from the repository's own settings. */
  readonly agent?: AgentName;
  /** The agent's executable and arguments, in place of the known agent's. One of the two is needed. */
  readonly program?: readonly [string, ...string[]];
  /** Default `accept-edits`. */
  readonly permissions?: Permissions;
  /** The agent's own mode to work in, by its id. Default: what fits `permissions` in a known agent, else the agent's. */
  readonly mode?: string | null;
  /** By which of the agent's methods to log in. Default: the one that a known agent's variables are there for. */
  readonly authMethod?: string | null;
  /** Whether settings, hooks and MCP servers that the repository brings along may run. Default false. */
  readonly projectSettings?: boolean;
  /** Further variables for the agent. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of the daemon's variables that the agent gets beside the harmless ones and its own. */
  readonly passEnv?: readonly string[];
  /** The account that usage and quotas are counted on. Default: the known agent's vendor, else the program's name. */
  readonly pool?: string | null;
}

/** With all defaults in place. */
export interface ResolvedOptions {
  readonly preset: AgentPreset | null;
  readonly program: readonly [string, ...string[]];
  readonly permissions: Permissions;
  readonly mode: string | null;
  /** Whether the user has named the mode. */
  readonly isModeChosen: boolean;
  readonly authMethod: string | null;
  readonly projectSettings: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly passEnv: readonly string[];
  readonly pool: string;
}

/** Throws a `TypeError` where no agent is named. */
export function resolveOptions(options: AcpOptions): ResolvedOptions {
  const preset = options.agent === undefined ? null : agentPresets[options.agent];
  const program = options.program ?? preset?.program;
  if (program === undefined) throw new TypeError("Name an agent or a program");
  const permissions = options.permissions ?? "accept-edits";
  return {
    preset,
    program,
    permissions,
    mode: options.mode ?? preset?.modes[permissions] ?? null,
    isModeChosen: (options.mode ?? null) !== null,
    authMethod: options.authMethod ?? null,
    projectSettings: options.projectSettings ?? false,
    env: options.env ?? {},
    passEnv: options.passEnv ?? [],
    pool: options.pool ?? preset?.pool ?? (program[0].split("/").at(-1) || "agent"),
  };
}
