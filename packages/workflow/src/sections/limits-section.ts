import type {
  BudgetLimit,
  BudgetsConfig,
  SandboxConfig,
  WorkflowConfig,
} from "@signalbox/contracts";
import * as v from "valibot";
import { choice, text, wholeNumber } from "../fields.ts";

const positive = "a number above 0";

const budgetLimit: v.GenericSchema<unknown, BudgetLimit> = v.pipe(
  v.object({
    tokens: v.optional(wholeNumber(1, Number.MAX_SAFE_INTEGER)),
    usd: v.optional(v.pipe(v.number(positive), v.gtValue(0, positive))),
  }),
  v.transform(({ tokens, usd }) => ({ tokens: tokens ?? null, usd: usd ?? null })),
);

export const budgetsSection: v.GenericSchema<unknown, BudgetsConfig> = v.pipe(
  v.object({
    per_run: v.optional(budgetLimit, {}),
    per_issue: v.optional(budgetLimit, {}),
    per_day: v.optional(budgetLimit, {}),
  }),
  v.transform((keys) => ({
    perRun: keys.per_run,
    perIssue: keys.per_issue,
    perDay: keys.per_day,
  })),
);

/** A path is made absolute where the file's place is known. */
export const sandboxSection: v.GenericSchema<unknown, SandboxConfig> = v.pipe(
  v.object({
    tier: v.optional(choice("auto", "none", "bwrap"), "auto"),
    network: v.optional(choice("on", "off", "model"), "on"),
    home: v.optional(choice("user", "own"), "user"),
    readable: v.optional(v.array(text("a path")), []),
    model_endpoints: v.optional(v.array(v.pipe(text("a URL"), v.url("a URL"))), []),
    limits: v.optional(
      v.pipe(
        v.object({
          memory_mb: v.optional(wholeNumber(0), 0),
          processes: v.optional(wholeNumber(0), 4096),
          cpu_seconds: v.optional(wholeNumber(0), 86_400),
        }),
        v.transform((keys) => ({
          memoryMb: keys.memory_mb,
          processes: keys.processes,
          cpuSeconds: keys.cpu_seconds,
        })),
      ),
      {},
    ),
  }),
  v.transform(({ model_endpoints: modelEndpoints, ...keys }) => ({ ...keys, modelEndpoints })),
);

export const retentionSection: v.GenericSchema<unknown, WorkflowConfig["retention"]> = v.pipe(
  v.object({
    journal_days: v.optional(wholeNumber(1), 90),
    transcript_days: v.optional(wholeNumber(1), 30),
    spool_days: v.optional(wholeNumber(1), 7),
  }),
  v.transform((keys) => ({
    journalDays: keys.journal_days,
    transcriptDays: keys.transcript_days,
    spoolDays: keys.spool_days,
  })),
);
