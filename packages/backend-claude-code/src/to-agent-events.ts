import type { AgentEvent } from "@signalbox/contracts";
import type {
  AssistantMessage,
  RateLimitInfo,
  StreamMessage,
  ToolResultBlock,
} from "./stream-message.ts";

/** What a message says to whoever watches. Usage, questions and the start of a session are told elsewhere. */
export function toAgentEvents(message: StreamMessage, pool: string): AgentEvent[] {
  switch (message.type) {
    case "assistant":
      return fromAnswer(message);
    case "user":
      return message.message.content.flatMap((block) =>
        block === null ? [] : [fromToolResult(block)],
      );
    case "api_retry":
      return [notice("warn", retryText(message))];
    case "permission_denied":
      return [
        {
          type: "approval-requested",
          action: `${message.tool_name}: ${message.message}`,
          decision: "denied",
        },
      ];
    case "rate_limit_event":
      return [fromRateLimit(message.rate_limit_info, pool)];
    case "result":
      return fromDenials(message.permission_denials);
    case "init":
    case "control_request":
    case "control_response":
      return [];
  }
}

function fromAnswer({ message, error }: AssistantMessage): AgentEvent[] {
  return message.content.flatMap((block): AgentEvent[] => {
    if (block.type === "tool_use") {
      return [{ type: "tool-call", callId: block.id, tool: block.name, input: block.input }];
    }
    if (block.text.trim() === "") return [];
    return error === null
      ? [{ type: "message", role: "agent", text: block.text }]
      : [notice("error", block.text)];
  });
}

function fromToolResult({ tool_use_id, is_error, content }: ToolResultBlock): AgentEvent {
  return {
    type: "tool-result",
    callId: tool_use_id,
    isError: is_error,
    text: typeof content === "string" ? content : content.map(({ text }) => text).join("\n"),
  };
}

function retryText(retry: Extract<StreamMessage, { type: "api_retry" }>): string {
  const { attempt, max_retries, retry_delay_ms, error_status, error } = retry;
  const status = error_status === null ? "" : ` ${error_status}`;
  const seconds = (retry_delay_ms / 1000).toFixed(1);
  return `The model answered${status} ${error}: retry ${attempt} of ${max_retries} in ${seconds} s.`;
}

function fromRateLimit({ utilization, resetsAt }: RateLimitInfo, pool: string): AgentEvent {
  return {
    type: "rate-limit",
    pool,
    usedPercent: utilization === null ? null : Math.min(100, Math.max(0, utilization * 100)),
    resetsAt: resetsAt === null ? null : resetsAt * 1000,
  };
}

/** A turn in which everything was refused looks like a success otherwise. */
function fromDenials(denials: readonly { readonly tool_name: string }[]): AgentEvent[] {
  if (denials.length === 0) return [];
  const tools = [...new Set(denials.map(({ tool_name }) => tool_name))].join(", ");
  const calls = denials.length === 1 ? "1 tool call" : `${denials.length} tool calls`;
  return [notice("warn", `${calls} refused in this turn: ${tools}.`)];
}

function notice(level: "warn" | "error", text: string): AgentEvent {
  return { type: "notice", level, text };
}
