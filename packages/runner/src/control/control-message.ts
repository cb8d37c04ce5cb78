import type { AgentToolResult, StopReason, TurnReply } from "@signalbox/contracts";

/** What a daemon says to a runner. The first is `hello`; each is answered. */
export type ControlRequest =
  | { readonly type: "hello"; readonly epoch: number }
  | { readonly type: "stop"; readonly id: number; readonly reason: StopReason }
  | {
      readonly type: "turn-reply";
      readonly id: number;
      readonly turn: number;
      readonly reply: TurnReply;
    }
  | {
      readonly type: "tool-answer";
      readonly id: number;
      readonly callId: string;
      readonly result: AgentToolResult;
    }
  /** The spool was read up to there. */
  | { readonly type: "read"; readonly bytes: number }
  | { readonly type: "status"; readonly id: number };

/** What a runner says to a daemon. */
export type ControlAnswer =
  | {
      readonly type: "welcome";
      readonly runId: string;
      readonly pid: number;
      readonly bytes: number;
    }
  /** A newer daemon is in charge. Nothing follows. */
  | { readonly type: "fenced"; readonly epoch: number }
  | { readonly type: "done"; readonly id: number }
  | { readonly type: "status"; readonly id: number; readonly epoch: number; readonly bytes: number }
  /** The spool has so many bytes that are whole. Said once, until the daemon has `read` up to there. */
  | { readonly type: "grown"; readonly bytes: number };

const controlVersion = 1;
const stopReasons: ReadonlySet<unknown> = new Set<StopReason>([
  "issue-terminal",
  "issue-inactive",
  "issue-not-routable",
  "issue-gone",
  "issue-changed",
  "budget",
  "stalled",
  "operator",
  "shutdown",
  "drain",
  "daemon-absent",
]);

export function formatControlMessage(message: ControlRequest | ControlAnswer): string {
  return `${JSON.stringify({ v: controlVersion, ...message })}\n`;
}

/** `null` for what this version does not know. */
export function parseControlRequest(line: string): ControlRequest | null {
  const fields = parseFields(line);
  switch (fields?.["type"]) {
    case "hello":
      return isCount(fields["epoch"]) ? { type: "hello", epoch: fields["epoch"] } : null;
    case "stop": {
      const { id, reason } = fields;
      return isCount(id) && isStopReason(reason) ? { type: "stop", id, reason } : null;
    }
    case "turn-reply": {
      const { id, turn, reply } = fields;
      return isCount(id) && isCount(turn) && isTurnReply(reply)
        ? { type: "turn-reply", id, turn, reply }
        : null;
    }
    case "tool-answer": {
      const { id, callId, result } = fields;
      return isCount(id) && typeof callId === "string" && isToolResult(result)
        ? { type: "tool-answer", id, callId, result }
        : null;
    }
    case "read":
      return isCount(fields["bytes"]) ? { type: "read", bytes: fields["bytes"] } : null;
    case "status":
      return isCount(fields["id"]) ? { type: "status", id: fields["id"] } : null;
    default:
      return null;
  }
}

/** `null` for what this version does not know. */
export function parseControlAnswer(line: string): ControlAnswer | null {
  const fields = parseFields(line);
  if (fields === null) return null;
  const { type, id, epoch, bytes, pid, runId } = fields;
  switch (type) {
    case "welcome":
      return typeof runId === "string" && isCount(pid) && isCount(bytes)
        ? { type, runId, pid, bytes }
        : null;
    case "fenced":
      return isCount(epoch) ? { type, epoch } : null;
    case "done":
      return isCount(id) ? { type, id } : null;
    case "status":
      return isCount(id) && isCount(epoch) && isCount(bytes) ? { type, id, epoch, bytes } : null;
    case "grown":
      return isCount(bytes) ? { type, bytes } : null;
    default:
      return null;
  }
}

interface Fields {
  readonly [name: string]: unknown;
}

function parseFields(line: string): Fields | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Nothing that a version of ours has written.
    return null;
  }
  return isFields(value) && value["v"] === controlVersion ? value : null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isStopReason(value: unknown): value is StopReason {
  return stopReasons.has(value);
}

function isTurnReply(value: unknown): value is TurnReply {
  if (!isFields(value)) return false;
  if (value["kind"] === "go") return true;
  return value["kind"] === "end" && (value["reason"] === "done" || isStopReason(value["reason"]));
}

/** The output was JSON on the way here. */
function isToolResult(value: unknown): value is AgentToolResult {
  if (!isFields(value)) return false;
  if (value["kind"] === "ok") return value["output"] !== undefined;
  const { kind, code, message, retryable } = value;
  return (
    kind === "failed" &&
    typeof code === "string" &&
    typeof message === "string" &&
    typeof retryable === "boolean"
  );
}
