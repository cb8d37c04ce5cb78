import type { FailureCode, StopReason, TurnOutcome } from "@signalbox/contracts";
import * as v from "valibot";

/** Every code, so that the compiler says when one is missing here. */
const failureCodes: Readonly<Record<FailureCode, true>> = {
  "agent-error": true,
  "agent-exit": true,
  "agent-not-found": true,
  "agent-protocol": true,
  auth: true,
  billing: true,
  overloaded: true,
  "context-too-long": true,
  transport: true,
  spawn: true,
  workspace: true,
  setup: true,
  hook: true,
  prompt: true,
  internal: true,
};

const stopReasons: Readonly<Record<StopReason, true>> = {
  "issue-terminal": true,
  "issue-inactive": true,
  "issue-not-routable": true,
  "issue-gone": true,
  "issue-changed": true,
  budget: true,
  stalled: true,
  operator: true,
  shutdown: true,
  drain: true,
  "daemon-absent": true,
};

const text = v.pipe(v.string(), v.regex(/\S/, "must not be blank"));
const duration = v.pipe(v.number(), v.finite(), v.minValue(0));
/** Epoch milliseconds of this century: seconds would lie in 1970. */
export const instant: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.minValue(Date.UTC(2000), "must be epoch milliseconds"),
  v.maxValue(Date.UTC(2100), "must be epoch milliseconds"),
);

const kinds: { readonly [Kind in TurnOutcome["kind"]]: v.GenericSchema } = {
  succeeded: v.object({}),
  failed: v.object({
    code: v.picklist(Object.keys(failureCodes)),
    retryable: v.boolean(),
    message: text,
  }),
  "timed-out": v.object({ limit: v.picklist(["startup", "turn", "run"]), limitMs: duration }),
  stalled: v.object({ silentMs: duration }),
  canceled: v.object({ reason: v.picklist(Object.keys(stopReasons)) }),
  "needs-input": v.object({ question: text }),
  "quota-exhausted": v.object({ pool: text, resetsAt: v.nullable(instant) }),
  "budget-exhausted": v.object({ budget: text }),
};

const kinded = v.object({ kind: v.picklist(Object.keys(kinds)) });

/** What is wrong with the outcome of a turn; `null` where it is as the contract has it. */
export function outcomeProblem(outcome: unknown): string | null {
  const known = v.safeParse(kinded, outcome);
  if (!known.success) return "that is no outcome of a turn.";
  const schema = new Map(Object.entries<v.GenericSchema>(kinds)).get(known.output.kind);
  const result = v.safeParse(schema ?? v.never(), outcome);
  return result.success ? null : v.summarize(result.issues);
}

/** Whether `startSession` may reject with this code. */
export function isBackendErrorCode(code: string): boolean {
  return code === "startup-timed-out" || Object.hasOwn(failureCodes, code);
}
