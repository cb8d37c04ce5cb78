import type { RunOrder } from "@signalbox/contracts";
import { isProcessIdentity, type ProcessIdentity } from "../folder/process-identity.ts";

/** The one thing that a runner reads from its standard input: never in its arguments, never on the disk. */
export interface RunnerOrder {
  readonly stateDir: string;
  readonly order: RunOrder;
  /** With the secrets that the run needs. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What a runner says of it on descriptor 3, once. */
export type RunnerReply =
  | { readonly type: "owned"; readonly owner: ProcessIdentity; readonly socket: string }
  /** Nothing was started. */
  | {
      readonly type: "refused";
      readonly code: string;
      readonly message: string;
      readonly remedy: string | null;
      readonly retryable: boolean;
    };

const version = 1;

export function formatRunnerMessage(message: RunnerOrder | RunnerReply): string {
  return `${JSON.stringify({ v: version, ...message })}\n`;
}

/** `null` where it is none of this version. It comes from the process that started this one, which is trusted. */
export function parseRunnerOrder(line: string): RunnerOrder | null {
  const value: unknown = JSON.parse(line);
  return isRunnerOrder(value) ? value : null;
}

export function parseRunnerReply(line: string): RunnerReply | null {
  const value: unknown = JSON.parse(line);
  return isRunnerReply(value) ? value : null;
}

function isRunnerOrder(value: unknown): value is RunnerOrder {
  if (typeof value !== "object" || value === null) return false;
  if (!("v" in value) || value.v !== version) return false;
  return "stateDir" in value && "order" in value && "environment" in value;
}

function isRunnerReply(value: unknown): value is RunnerReply {
  if (typeof value !== "object" || value === null) return false;
  if (!("v" in value) || value.v !== version || !("type" in value)) return false;
  if (value.type === "owned") {
    return "owner" in value && isProcessIdentity(value.owner) && "socket" in value;
  }
  return value.type === "refused" && "code" in value && "message" in value;
}
