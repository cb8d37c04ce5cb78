import type { JsonValue } from "@signalbox/contracts";

/** What Claude Code says on standard output, as far as it matters here: the names are those of version 2.1.330. */
export type StreamMessage =
  | InitMessage
  | AssistantMessage
  | UserMessage
  | ResultMessage
  | ControlRequest
  | ControlResponse
  | RetryMessage
  | DenialMessage
  | RateLimitMessage;

/** Begins a turn. */
export interface InitMessage {
  readonly type: "init";
  readonly session_id: string | null;
  readonly model: string | null;
  readonly permissionMode: string;
  readonly claude_code_version: string;
  /** Name of the variable that the key came from; `none` where somebody is logged in, or nobody. */
  readonly apiKeySource: string;
  readonly mcp_servers: readonly { readonly name: string; readonly status: string }[];
}

/** One content block of an answer of the model; all blocks of an answer have its id and repeat its usage. */
export interface AssistantMessage {
  readonly type: "assistant";
  readonly message: {
    readonly id: string;
    readonly content: readonly (TextBlock | ToolUseBlock)[];
    /** As it was when the answer began: what it says itself is not in it. */
    readonly usage: {
      readonly input_tokens: number;
      readonly cache_creation_input_tokens: number;
      readonly cache_read_input_tokens: number;
    };
  };
  /** Set where Claude Code speaks in the model's place, because a request failed. */
  readonly error: string | null;
  readonly api_error_params: { readonly rate_limit_info: RateLimitInfo | null } | null;
}

interface TextBlock {
  readonly type: "text";
  readonly text: string;
}

interface ToolUseBlock {
  readonly type: "tool_use";
  readonly id: string;
  readonly name: string;
  readonly input: JsonValue;
}

interface UserMessage {
  readonly type: "user";
  /** `null` for any other block. */
  readonly message: { readonly content: readonly (ToolResultBlock | null)[] };
}

export interface ToolResultBlock {
  readonly tool_use_id: string;
  readonly is_error: boolean;
  readonly content: string | readonly { readonly text: string }[];
}

/** Ends a turn. */
export interface ResultMessage {
  readonly type: "result";
  /** `success` also where `is_error` says otherwise. */
  readonly subtype: string;
  readonly is_error: boolean;
  readonly terminal_reason: string | null;
  readonly api_error_status: number | null;
  readonly result: string | null;
  readonly errors: readonly string[];
  /** What this turn has used, sub-agents included. */
  readonly model_usage_since_last_result: ModelUsage | null;
  /** Of the whole conversation, earlier processes included; of this process alone in older versions. */
  readonly modelUsage: ModelUsage;
  readonly permission_denials: readonly { readonly tool_name: string }[];
}

/** By model. */
export type ModelUsage = Readonly<
  Record<
    string,
    {
      readonly inputTokens: number;
      readonly outputTokens: number;
      readonly cacheReadInputTokens: number;
      readonly cacheCreationInputTokens: number;
      readonly costUSD: number | null;
      readonly costBasis: string | null;
    }
  >
>;

/** Claude Code asks, and waits for an answer. */
export interface ControlRequest {
  readonly type: "control_request";
  readonly request_id: string;
  readonly request: {
    readonly subtype: string;
    readonly tool_name: string;
    readonly description: string | null;
    readonly input: JsonValue;
  };
}

/** An answer to a request of ours. */
interface ControlResponse {
  readonly type: "control_response";
  readonly response: {
    readonly request_id: string;
    readonly subtype: string;
    readonly error: string | null;
  };
}

/** A request to the model failed and will be repeated. */
export interface RetryMessage {
  readonly type: "api_retry";
  readonly attempt: number;
  readonly max_retries: number;
  readonly retry_delay_ms: number;
  readonly error_status: number | null;
  readonly error: string;
}

/** Claude Code has refused a tool by itself. */
interface DenialMessage {
  readonly type: "permission_denied";
  readonly tool_name: string;
  readonly message: string;
}

interface RateLimitMessage {
  readonly type: "rate_limit_event";
  readonly rate_limit_info: RateLimitInfo;
}

export interface RateLimitInfo {
  readonly status: string;
  /** Epoch seconds. */
  readonly resetsAt: number | null;
  /** 0 to 1, and above where more than the limit was used. */
  readonly utilization: number | null;
}
