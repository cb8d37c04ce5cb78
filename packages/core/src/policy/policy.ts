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
  readonly deliveryKind: DeliveryConfig["kind"];
  readonly maxConcurrentAgents: number;
  /** Keys normalised. */
  readonly maxConcurrentAgentsByState: Readonly<Record<string, number>>;
  readonly maxTurns: number;
  /** 0: no limit. */
  readonly maxFailures: number;
  readonly maxContinuations: number;
  readonly maxNoProgress: number;
  readonly maxRetryBackoffMs: number;
  /** 0 or less: off. */
  readonly stallTimeoutMs: number;
  readonly budgets: BudgetsConfig;
}
