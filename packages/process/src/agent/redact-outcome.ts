import type { TurnOutcome } from "@signalbox/contracts";
import type { Redact } from "./clean-event.ts";

/** The same outcome without secrets in what an agent has worded. */
export function redactOutcome(outcome: TurnOutcome, redact: Redact): TurnOutcome {
  if (outcome.kind === "failed") return { ...outcome, message: redact(outcome.message) };
  if (outcome.kind !== "needs-input") return outcome;
  return { ...outcome, question: redact(outcome.question) };
}
