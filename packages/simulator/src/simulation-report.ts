import type { Simulation } from "./simulation.ts";
import type { SimulationOptions } from "./simulation-options.ts";
import type { Violation } from "./violation.ts";

/** Plain JSON. */
export interface SimulationReport {
  readonly seed: string;
  /** Issues that people wrote. */
  readonly issues: number;
  /** Hours in which they were written; the figures below are about these. */
  readonly hours: number;
  /** Issues that were delivered, or finished by their agents, within the hours. */
  readonly finished: number;
  readonly finishedPerHour: number;
  readonly runs: number;
  /** From an issue's writing to its first run, in milliseconds; `null` where none ran. */
  readonly waitingMs: { readonly p50: number; readonly p95: number; readonly max: number } | null;
  /** Share of the slots that were taken, 0 to 1. */
  readonly slotUse: number;
  /** How runs ended, and why issues were parked: how often. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly parked: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  readonly steps: number;
  /** Virtual hours until all work had come to rest. */
  readonly settledAfterHours: number;
  /** Equal hashes: the same steps. */
  readonly traceHash: string;
}

export function reportOf(
  { metrics, world, startedAt }: Simulation,
  { seed, hours }: SimulationOptions,
): SimulationReport {
  const { scheduler, trace, faults, auditor } = world;
  const waiting = metrics.waitingMs.toSorted((a, b) => a - b);
  const at = (share: number): number => waiting[Math.ceil(share * waiting.length) - 1] ?? 0;
  return {
    seed: String(seed),
    issues: metrics.written,
    hours,
    finished: metrics.finished,
    finishedPerHour: hours > 0 ? metrics.finished / hours : 0,
    runs: metrics.runs,
    waitingMs: waiting.length === 0 ? null : { p50: at(0.5), p95: at(0.95), max: at(1) },
    slotUse: metrics.slotUse,
    outcomes: Object.fromEntries(metrics.outcomes),
    parked: Object.fromEntries(metrics.parked),
    faults: Object.fromEntries([...faults.counts].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    violations: auditor.violations,
    steps: trace.count,
    settledAfterHours: (scheduler.now - startedAt) / 3_600_000,
    traceHash: trace.hash,
  };
}
