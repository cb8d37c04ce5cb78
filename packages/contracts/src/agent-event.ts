import type { JsonValue } from "./json.ts";

/** What an agent says, normalised. Raw vendor lines go to the transcript and never further. */
export type AgentEvent =
  /** Before all else of a session, notices excepted; again only where the id or the model has changed. */
  | {
      readonly type: "session-started";
      readonly sessionId: string | null;
      readonly model: string | null;
    }
  | { readonly type: "message"; readonly role: "agent" | "user"; readonly text: string }
  | {
      readonly type: "tool-call";
      readonly callId: string;
      readonly tool: string;
      readonly input: JsonValue;
    }
  | {
      readonly type: "tool-result";
      readonly callId: string;
      readonly isError: boolean;
      readonly text: string;
    }
  | { readonly type: "usage"; readonly usage: AgentUsage }
  | {
      readonly type: "rate-limit";
      readonly pool: string;
      /** 0 to 100; `null` where unknown. */
      readonly usedPercent: number | null;
      /** Epoch milliseconds. */
      readonly resetsAt: number | null;
    }
  | { readonly type: "input-requested"; readonly question: string }
  | {
      readonly type: "approval-requested";
      readonly action: string;
      readonly decision: "allowed" | "denied";
    }
  | { readonly type: "notice"; readonly level: "info" | "warn" | "error"; readonly text: string };

/**
 * Absolute since this session was started, never a difference: a repeated report changes nothing. What a conversation
 * that is resumed used before is not in it.
 */
export interface AgentUsage {
  /** The account or plan that it is billed to. */
  readonly pool: string;
  /** Without those that were read from a cache or written to one. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /**
   * The agent's own figure in US dollars; `null` where it reports none: unknown is not 0. The runner then takes it from
   * the price table, if the model of `session-started` is in there.
   */
  readonly costUsd: number | null;
}
