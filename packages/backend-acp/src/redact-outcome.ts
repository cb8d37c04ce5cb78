import type { TurnOutcome } from "@signalbox/contracts";

/** The same outcome without secrets in what an agent has worded. */
export function redactOutcome(outcome: TurnOutcome, redact: (text: string) => string): TurnOutcome {
  if (outcome.kind === "failed") return { ...outcome, message: redact(outcome.message) };
  if (outcome.kind !== "needs-input") return outcome;
  return { ...outcome, question: redact(outcome.question) };
}
