import type { AgentEvent } from "./agent-event.ts";
import type { Containment } from "./containment.ts";
import type { JsonValue } from "./json.ts";
import type { TurnOutcome } from "./outcome.ts";
import type { ModelPrice } from "./workflow-config.ts";

/**
 * One kind of agent. It runs in the runner's process, so its options are plain JSON and all that it needs
 * comes through them and the start order.
 */
export interface Backend {
  /**
   * Starts, or with `resume` goes on with, an agent's conversation. Rejects with a `SignalboxError` that has a
   * `BackendErrorCode` where that cannot be; nothing is then left running.
   */
  startSession(order: SessionOrder): Promise<Session>;
}

export interface SessionOrder {
  /** The workspace: absolute, checked, and the agent's working directory. */
  readonly cwd: string;
  /** A session id from an earlier `session-started`. An id that is not known any more starts afresh, with a `notice`. */
  readonly resume: string | null;
  /** Marks every process that this run starts, so that strays can be found: set in the child's environment as is. */
  readonly environment: Readonly<Record<string, string>>;
  /** To be handed unread to whatever starts the agent's programs (`startProcess`), for each of them. Absent: none. */
  readonly containment?: Containment;
  /**
   * Absolute folder of this issue alone, outside the workspace, that outlives the run: for a backend that keeps
   * sessions itself. It need not exist yet. Absent: the backend keeps them where it likes.
   */
  readonly sessionFolder?: string;
  /** US dollars per million tokens by model, for a backend that counts its own cost. Absent: no price is known. */
  readonly prices?: Readonly<Record<string, ModelPrice>>;
  readonly limits: SessionLimits;
  readonly tools: AgentTools;
  /** Raw vendor output, one line a call, for the run's transcript. Bounded and redacted by the caller. */
  readonly transcribe: (line: string) => void;
  /** Normalised events, in order. None after `close` has resolved. */
  readonly emit: (event: AgentEvent) => void;
  /** Aborting stops the session and everything it started: SIGTERM, `graceMs`, SIGKILL. */
  readonly signal: AbortSignal;
}

export interface SessionLimits {
  /** From process start to a usable session. */
  readonly startupTimeoutMs: number;
  /** Silence within a turn; 0 turns it off. */
  readonly silenceTimeoutMs: number;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** One line of agent output; longer ones are cut, with a notice. */
  readonly maxLineBytes: number;
  /**
   * What this session may use, as its `usage` events count it: for a backend that can check it before each request to
   * its model. Absent: no limit.
   */
  readonly budget?: { readonly tokens: number | null; readonly usd: number | null };
}

/** A live conversation. One turn at a time. */
export interface Session {
  readonly sessionId: string | null;
  /**
   * Sends the prompt and waits until the agent is done with it. Resolves exactly once and never rejects for what
   * the agent did: that is an outcome. Aborting `signal` ends the turn as `canceled`.
   */
  runTurn(prompt: string, signal: AbortSignal): Promise<TurnOutcome>;
  /** Asks the agent to end the turn early. Harmless when none runs. */
  interrupt(): Promise<void>;
  /** Answers an `input-requested` by policy. Absent where the agent cannot be answered. */
  answer?(input: string): Promise<void>;
  /** Ends the session and everything it started. Idempotent. After it, no other method may be called. */
  close(): Promise<void>;
}

/** The run's own tools: performed by the daemon, which holds the credentials. */
export interface AgentTools {
  list(): readonly AgentTool[];
  call(name: string, input: JsonValue, signal: AbortSignal): Promise<AgentToolResult>;
  /** How an agent that speaks MCP reaches them; `null` where no bridge is configured. */
  readonly mcp: { readonly command: string; readonly args: readonly string[] } | null;
  /** Absolute folder with the program `signalbox-tool`, for the PATH of an agent that does not; absent or `null`: none. */
  readonly binFolder?: string | null;
}

export interface AgentTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the input. */
  readonly inputSchema: JsonValue;
}

export type AgentToolResult =
  | { readonly kind: "ok"; readonly output: JsonValue }
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly message: string;
      readonly retryable: boolean;
    };
