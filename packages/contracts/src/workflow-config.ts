import type { JsonObject } from "./json.ts";
import type { StateMapping } from "./tracker.ts";

/**
 * A workflow file, read, validated, with every default filled in. Keys are camelCase here and snake_case in the file.
 * Durations are milliseconds. Plain JSON, so that it can be frozen into a run folder.
 */
export interface WorkflowConfig {
  readonly source: WorkflowSource;
  /**
   * Absolute folder of journal, mirrors, workspaces, spools and transcripts: `--state-dir`, `SIGNALBOX_STATE_DIR`, or
   * `$XDG_STATE_HOME/signalbox/<repository>-<hash of the workflow file's real path>`.
   */
  readonly stateDir: string;
  readonly prompt: PromptSource;
  readonly tracker: TrackerConfig;
  readonly polling: { readonly intervalMs: number };
  readonly workspace: WorkspaceConfig;
  readonly hooks: HooksConfig;
  readonly agent: AgentConfig;
  /** Options by backend name, as the file has them (whole-value `$VAR` not yet resolved); the backend's own schema checks them. */
  readonly backends: Readonly<Record<string, JsonObject>>;
  readonly delivery: DeliveryConfig;
  readonly sandbox: SandboxConfig;
  readonly budgets: BudgetsConfig;
  /** By model, for agents that do not report what they cost. None without it. */
  readonly prices?: Readonly<Record<string, ModelPrice>>;
  readonly runner: "process" | "inline";
  readonly onTerminate: "leave" | "stop";
  readonly journal: { readonly kind: string; readonly path: string | null };
  readonly retention: {
    readonly journalDays: number;
    readonly transcriptDays: number;
    readonly spoolDays: number;
  };
  /** Dispatch waits while less memory than this is free. 0 turns it off. */
  readonly memoryReserveMb: number;
  readonly server: { readonly port: number | null };
  /** Keys that nobody here knows, as dotted paths: kept for extensions, reported by `validate`. */
  readonly unknownKeys: readonly UnknownKey[];
  /** The whole front matter as read, for extensions. */
  readonly raw: JsonObject;
}

export interface WorkflowSource {
  /** Absolute real path of the workflow file. */
  readonly path: string;
  /** Its folder: relative paths in the file start here. */
  readonly folder: string;
  /** Hash of the file's bytes (and of `prompt_file`), to see changes. */
  readonly hash: string;
}

export interface PromptSource {
  /** Trimmed Liquid source. Empty: the documented default of `@signalbox/prompts` is used. */
  readonly template: string;
  /** Where the template stands, for error messages. */
  readonly path: string;
  /** 1-based line of the template's first character in that file. */
  readonly line: number;
  /** Characters that stand before each of its lines in that file (the indentation of a YAML block). Default 0. */
  readonly indent?: number;
}

export interface UnknownKey {
  readonly key: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

export interface TrackerConfig {
  /** Built-in name, package name or path. */
  readonly kind: string;
  /** Reaches the adapter unaltered but for the flat aliases; whole-value `$VAR` is resolved just before. */
  readonly provider: JsonObject;
  /** `null`: the adapter's default. */
  readonly activeStates: readonly string[] | null;
  readonly terminalStates: readonly string[] | null;
  readonly requiredLabels: readonly string[];
  readonly writes: "full" | "comment" | "off";
  /** `null`: the adapter's default. */
  readonly states: StateMapping | null;
}

export interface WorkspaceConfig {
  readonly kind: "git" | "folder";
  /** Absolute. Default: `workspaces` inside the state folder. */
  readonly root: string;
  /** Absolute path, or URL. */
  readonly repository: string;
  /** `null`: the repository's default branch. */
  readonly base: string | null;
}

export interface HooksConfig {
  readonly afterCreate: string | null;
  readonly beforeRun: string | null;
  readonly afterRun: string | null;
  readonly beforeRemove: string | null;
  readonly timeoutMs: number;
}

export interface AgentConfig {
  /** Built-in name, package name or path. */
  readonly backend: string;
  readonly maxConcurrentAgents: number;
  /** Keys trimmed and lower-cased. */
  readonly maxConcurrentAgentsByState: Readonly<Record<string, number>>;
  readonly maxTurns: number;
  /** Consecutive; then parked. 0: no limit. */
  readonly maxFailures: number;
  readonly maxContinuations: number;
  readonly maxNoProgress: number;
  readonly maxRetryBackoffMs: number;
  /** Silence within a turn. */
  readonly turnTimeoutMs: number;
  readonly startupTimeoutMs: number;
  /** No event at all; 0 or less turns it off. */
  readonly stallTimeoutMs: number;
  /** Wall time of a run; 0: no limit. */
  readonly runTimeoutMs: number;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** What agents may ask the daemon to do beyond reading and commenting. Absent: nothing. */
  readonly tools?: AgentToolsConfig;
}

export interface AgentToolsConfig {
  /** States that an agent may move its own issue to. */
  readonly transitions: readonly string[];
}

export interface DeliveryConfig {
  readonly kind: "none" | "branch" | "merge" | "pull-request";
  /** Branch to deliver into; `null`: the workspace's base. */
  readonly into: string | null;
  /** Program and arguments that must exit 0 on the merged result; `null`: none. */
  readonly check: readonly string[] | null;
  readonly checkTimeoutMs: number;
}

export interface SandboxConfig {
  readonly tier: "auto" | "none" | "bwrap";
  readonly network: "on" | "off" | "model";
  readonly home: "user" | "own";
  /** Absolute paths that can be read beside the system's own. Default: none. */
  readonly readable?: readonly string[];
  /** URLs for `network: model` beside those that the backend declares. Default: none. */
  readonly modelEndpoints?: readonly string[];
  readonly limits?: SandboxLimits;
}

/** 0: no limit. */
export interface SandboxLimits {
  readonly memoryMb: number;
  readonly processes: number;
  readonly cpuSeconds: number;
}

export interface BudgetLimit {
  readonly tokens: number | null;
  readonly usd: number | null;
}

export interface BudgetsConfig {
  readonly perRun: BudgetLimit;
  readonly perIssue: BudgetLimit;
  /** By the daemon's UTC day. */
  readonly perDay: BudgetLimit;
}

/** US dollars per million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** `null`: not known, and neither is then the cost of a session that reads from a cache. */
  readonly cacheRead: number | null;
  /** The same for tokens that are written to a cache. */
  readonly cacheWrite: number | null;
}

/** One finding about a workflow file. */
export interface WorkflowProblem {
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly path: string;
  /** 1-based; `null` where the finding is about the file as a whole. */
  readonly line: number | null;
  readonly column: number | null;
  /** Dotted, as the file spells it. */
  readonly key: string | null;
}
