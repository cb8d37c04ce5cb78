/**
 * What the agent may do without being asked, as nobody is there to ask. `read-only`: look at files; `accept-edits`: also
 * change them, commit, and run the commands of `allowCommands`; `full`: any command.
 */
export type PermissionPolicy = "read-only" | "accept-edits" | "full";

export interface ClaudeOptions {
  /** Key of the Messages API. */
  readonly apiKey: string;
  /** Where the API is; default the vendor's. */
  readonly baseUrl?: string;
  /** Default `claude-opus-5-5`. */
  readonly model?: string;
  /** Default `accept-edits`. */
  readonly permissions?: PermissionPolicy;
  /** Shell commands that `accept-edits` allows, word for word. */
  readonly allowCommands?: readonly string[];
  /** Names of tools that the agent does not get. */
  readonly denyTools?: readonly string[];
  /** Paths below the workspace that file tools leave alone, each with all below it. The shell is not bound by them. */
  readonly denyPaths?: readonly string[];
  /** A command with one of these texts in it is refused: a guard against mistakes, not against an adversary. */
  readonly denyCommands?: readonly string[];
  /** Longest reply, in tokens. Default 32,000. */
  readonly maxTokens?: number;
  /** Tokens that the model takes in all. Default 200,000. */
  readonly contextWindow?: number;
  /** `adaptive` or `disabled`; default: as the model has it. */
  readonly thinking?: "adaptive" | "disabled";
  /** Requests in one turn. Default 200. */
  readonly maxRequests?: number;
  /** Attempts of one request after its first. Default 6. */
  readonly maxRetries?: number;
  /** Longest wait before one of them; where the API asks for more, the turn ends. Default 60,000. */
  readonly maxRetryWaitMs?: number;
  /** Wall time of one shell command. Default 600,000. */
  readonly commandTimeoutMs?: number;
  /** Kept of a command's output, half from its beginning and half from its end. Default 30,000. */
  readonly maxOutputBytes?: number;
  /** Said to the agent beside what it is told by this package. */
  readonly instructions?: string;
  /** Further variables for shell commands. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of the daemon's variables that shell commands get beside the harmless ones. */
  readonly passEnv?: readonly string[];
  /** The account that is billed, as quota waits name it. Default `anthropic`. */
  readonly pool?: string;
  /**
   * Absolute folder of the session files. Default: the one that the host gives, else one in the user's state folder.
   */
  readonly sessionFolder?: string;
}

/** The options with every default filled in. */
export type ClaudeSettings = Required<
  Omit<ClaudeOptions, "baseUrl" | "thinking" | "sessionFolder">
> &
  Pick<ClaudeOptions, "baseUrl" | "thinking" | "sessionFolder">;

export const defaultSettings: Omit<ClaudeSettings, "apiKey"> = {
  model: "claude-opus-5-5",
  permissions: "accept-edits",
  allowCommands: [],
  denyTools: [],
  denyPaths: [],
  denyCommands: [],
  maxTokens: 32_000,
  contextWindow: 200_000,
  maxRequests: 200,
  maxRetries: 6,
  maxRetryWaitMs: 60_000,
  commandTimeoutMs: 600_000,
  maxOutputBytes: 30_000,
  instructions: "",
  env: {},
  passEnv: [],
  pool: "anthropic",
};

export function settingsOf(options: ClaudeOptions): ClaudeSettings {
  return { ...defaultSettings, ...options };
}
