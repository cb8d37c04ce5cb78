import * as v from "valibot";
import type { StateReport } from "./status-report.ts";

const text = v.nullable(v.string());
const issue = { issue_id: v.string(), issue_identifier: v.string(), title: v.string() };
const remark = { text: v.string(), release: v.string() };

const reportSchema: v.GenericSchema<unknown, StateReport> = v.object({
  at: v.number(),
  counts: v.object({
    tracked: v.number(),
    ready: v.number(),
    running: v.number(),
    retrying: v.number(),
    parked: v.number(),
    delivering: v.number(),
  }),
  slots: v.object({ taken: v.number(), max: v.number() }),
  gates: v.array(v.object({ gate: v.string(), ...remark })),
  running: v.array(
    v.object({
      ...issue,
      run_id: v.string(),
      session_id: text,
      phase: v.string(),
      stopping: text,
      attempt: v.nullable(v.number()),
      turns: v.number(),
      duration_ms: v.number(),
      silent_ms: v.number(),
      tokens: v.number(),
      cost_usd: v.nullable(v.number()),
    }),
  ),
  retrying: v.array(
    v.object({
      ...issue,
      kind: v.string(),
      attempt: v.number(),
      due_in_ms: v.number(),
      error: text,
    }),
  ),
  parked: v.array(
    v.object({
      ...issue,
      reason: v.string(),
      question: text,
      ...remark,
      parked_for_ms: v.number(),
      until: v.nullable(v.number()),
    }),
  ),
  delivering: v.array(
    v.object({
      ...issue,
      run_id: v.string(),
      duration_ms: v.number(),
      waiting: v.nullable(v.object({ reason: v.string(), remedy: v.string() })),
    }),
  ),
  waiting: v.object({
    issues: v.number(),
    reasons: v.array(v.object({ code: v.string(), issues: v.number() })),
    unseen: v.number(),
  }),
  totals: v.object({
    tokens: v.number(),
    cost_usd: v.number(),
    run_ms: v.number(),
    runs: v.number(),
  }),
  problems: v.array(
    v.object({
      at: v.number(),
      code: v.string(),
      message: v.string(),
      remedy: text,
      issue_id: text,
      issue_identifier: text,
    }),
  ),
});

/** What a daemon sent. Throws a `ValiError` for what is no report. */
export function parseStateReport(value: unknown): StateReport {
  return v.parse(reportSchema, value);
}
