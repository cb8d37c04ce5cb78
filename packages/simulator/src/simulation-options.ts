import type { TrackerDefaults, WorkflowConfig } from "@signalbox/contracts";
import type { FaultPlan } from "./fault-plan.ts";

export interface SimulationOptions {
  /** The same seed and options give the same run, step by step. */
  readonly seed: number | string;
  /** How many issues people write. */
  readonly issues: number;
  /** Virtual hours in which they are written and in which faults happen; the work then goes on until all of it is done. */
  readonly hours: number;
  /** The workflow file: its limits, states, labels, budgets, intervals. */
  readonly config: WorkflowConfig;
  readonly trackerDefaults: TrackerDefaults;
  /** Default: none. */
  readonly faults?: FaultPlan;
  readonly agents?: Partial<AgentModel>;
  /** `spread`: over the hours, at random; `backlog`: all at the beginning. Default `spread`. */
  readonly arrival?: "spread" | "backlog";
  /**
   * Steps and journal entries that the world may come to, together. Where it comes to more it ends, and that is a
   * violation of `unbounded`. Default 5,000,000: minutes of computing.
   */
  readonly mostSteps?: number;
}

export const defaultMostSteps = 5_000_000;

/** What agents are assumed to do where no fault makes them do anything else. */
export interface AgentModel {
  /** Median length of a turn in minutes; one in twenty takes over three times as long. Default 10. */
  readonly turnMinutes: number;
  /** How many turns a run takes at most to finish its work; it is any number up to that. Default 2. */
  readonly turns: number;
  /** Share of runs that fail, and are tried again. Default 0.05. */
  readonly failures: number;
  /** Tokens of a turn at most, in and out. Default 40,000. */
  readonly tokensPerTurn: number;
}

export const defaultAgents: AgentModel = {
  turnMinutes: 10,
  turns: 2,
  failures: 0.05,
  tokensPerTurn: 40_000,
};
