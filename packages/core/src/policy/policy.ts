import type { BudgetsConfig, DeliveryConfig, StateMapping } from "@signalbox/contracts";

/** Everything that the core decides by. It lives in the state and changes by an event, so that a replay needs the journal alone. */
export interface Policy {
  /** Normalised: trimmed, lower-cased. */
  readonly activeStates: readonly string[];
  /** Normalised. */
  readonly terminalStates: readonly string[];
  /** Normalised; a blank one matches nothing. */
  readonly requiredLabels: readonly string[];
  readonly writes: "full" | "comment" | "off";
  readonly states: StateMapping;
  /** Claims are marked in the tracker, which can do that. Missing: they are not. */
  readonly marksClaims?: true;
  /** Names the backend of new runs: a pool that is closed to one is not to another. */
  readonly backend?: string;
  readonly deliveryKind: DeliveryConfig["kind"];
  readonly maxConcurrentAgents: number;
  /** Keys normalised. */
  readonly maxConcurrentAgentsByState: Readonly<Record<string, number>>;
  readonly maxTurns: number;
  /** Failures in a row at which the issue is parked; so with losses. 0: no limit. */
  readonly maxFailures: number;
  /** Continuations that an issue may have beyond its first run. 0: none. */
  readonly maxContinuations: number;
  /** Runs in a row without progress at which the issue is parked. */
  readonly maxNoProgress: number;
  readonly maxRetryBackoffMs: number;
  /** 0 or less: off. */
  readonly stallTimeoutMs: number;
  readonly budgets: BudgetsConfig;
}
