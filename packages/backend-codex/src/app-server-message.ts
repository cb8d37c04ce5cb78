import type { JsonValue } from "@signalbox/contracts";

/** One line of `codex app-server`, as far as this backend reads it: JSON-RPC 2.0 without its version field. */
export type AppServerMessage =
  | { readonly kind: "response"; readonly id: number; readonly reply: RpcReply }
  | {
      readonly kind: "request";
      readonly id: RequestId;
      readonly method: string;
      readonly params: unknown;
    }
  | { readonly kind: "notification"; readonly notification: Notification };

export type RequestId = string | number;

export type RpcReply =
  | { readonly kind: "result"; readonly result: unknown }
  | { readonly kind: "refused"; readonly code: number; readonly message: string };

export type Notification =
  | { readonly type: "turn-started"; readonly threadId: string; readonly turnId: string }
  | {
      readonly type: "turn-completed";
      readonly threadId: string;
      readonly turnId: string;
      /** `completed`, `interrupted`, `failed`, or what else a version may say. */
      readonly status: string;
      readonly error: TurnError | null;
    }
  | { readonly type: "item-started"; readonly item: ThreadItem }
  | { readonly type: "item-completed"; readonly item: ThreadItem }
  | {
      readonly type: "token-usage";
      readonly threadId: string;
      readonly turnId: string;
      /** Of the thread, with all processes that it was in. */
      readonly total: TokenCounts;
      /** Of the last request to the model. */
      readonly last: TokenCounts;
    }
  | {
      readonly type: "rate-limits";
      readonly primary: LimitWindow | null;
      readonly secondary: LimitWindow | null;
    }
  | { readonly type: "error"; readonly error: TurnError; readonly willRetry: boolean }
  | { readonly type: "warning"; readonly text: string }
  | { readonly type: "mcp-failed"; readonly server: string; readonly error: string };

/** `inputTokens` includes what was read from and written to the cache. */
export interface TokenCounts {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteInputTokens: number;
  readonly outputTokens: number;
}

export interface LimitWindow {
  /** 0 to 100. */
  readonly usedPercent: number;
  /** Epoch seconds. */
  readonly resetsAt: number | null;
}

export interface TurnError {
  readonly message: string;
  readonly details: string | null;
  /** The kind of error in Codex's words, such as `usageLimitExceeded`. */
  readonly kind: string | null;
  readonly httpStatus: number | null;
}

export type ThreadItem =
  | { readonly type: "agentMessage"; readonly text: string }
  | { readonly type: "contextCompaction" }
  | {
      readonly type: "toolCall";
      readonly id: string;
      readonly tool: string;
      readonly input: JsonValue;
      /** What came out of it; empty while it runs. */
      readonly output: string;
      readonly isError: boolean;
    };
