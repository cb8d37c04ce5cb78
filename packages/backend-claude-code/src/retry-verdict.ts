import type { TurnOutcome } from "@signalbox/contracts";
import type { RetryMessage } from "./stream-message.ts";

/** A reset further away is waited for by the host, and not by an agent that holds a slot. */
const longestDelayMs = 60_000;

/**
 * Some repetitions of a request are in vain, and others come too late: what the turn ends as then. `null`: let it try.
 * @param now epoch milliseconds
 */
export function retryVerdict(
  { error, error_status, retry_delay_ms }: RetryMessage,
  pool: string,
  now: number,
): TurnOutcome | null {
  if (error_status === 401) {
    const message = `The model service refuses the login (401 ${error}).`;
    return { kind: "failed", code: "auth", retryable: false, message };
  }
  return error_status === 429 && retry_delay_ms > longestDelayMs
    ? { kind: "quota-exhausted", pool, resetsAt: now + retry_delay_ms }
    : null;
}
