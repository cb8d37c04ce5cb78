/** What goes wrong, and how often. Rates are per virtual hour, shares are of calls (or of runs), from 0 to 1. */
export interface FaultPlan {
  /** Rate: the daemon is killed, at any step; another one starts within two minutes. */
  readonly crashes: number;
  /** Rate: the daemon is stopped as by SIGSTOP, another one takes over, and the first one wakes up again. */
  readonly freezes: number;
  /** Rate: the daemon is ended in order and started again; agents are left or stopped. */
  readonly restarts: number;
  /** Rate: the daemon's clock jumps, back or ahead, by up to an hour. */
  readonly clockJumps: number;
  /** Rate: the disk is full for up to ten minutes. */
  readonly fullDisks: number;
  /** Rate: memory is short for up to ten minutes. */
  readonly lowMemory: number;
  /** Rate: the workflow file is saved with other limits, or broken. */
  readonly reloads: number;
  /** Rate: a person edits, moves, relabels or deletes an issue. */
  readonly edits: number;
  /** Rate: an operator stops or retries an issue. */
  readonly orders: number;
  /** Share of tracker calls that fail, are limited, late, lost, or done twice. */
  readonly tracker: number;
  /** Share of calls to the run host that fail or come late. */
  readonly host: number;
  /** Share of journal writes that fail, before or after they became durable. */
  readonly journal: number;
  /** Share of deliveries that meet a conflict, a failing check, a person's changes, an error. */
  readonly delivery: number;
  /** Share of runs whose agent hangs, lies, dies, outlives its runner, ignores a stop, asks, or meets a quota. */
  readonly agents: number;
}

export type FaultName = keyof FaultPlan;

export const noFaults: FaultPlan = {
  crashes: 0,
  freezes: 0,
  restarts: 0,
  clockJumps: 0,
  fullDisks: 0,
  lowMemory: 0,
  reloads: 0,
  edits: 0,
  orders: 0,
  tracker: 0,
  host: 0,
  journal: 0,
  delivery: 0,
  agents: 0,
};

export const manyFaults: FaultPlan = {
  crashes: 3,
  freezes: 0.7,
  restarts: 0.7,
  clockJumps: 0.5,
  fullDisks: 0.3,
  lowMemory: 0.3,
  reloads: 1,
  edits: 6,
  orders: 1,
  tracker: 0.08,
  host: 0.04,
  journal: 0.03,
  delivery: 0.3,
  agents: 0.35,
};
