/** What can hold back every dispatch at once. A gate enters as an event, so that the past can be explained. */
export type Gate =
  | { readonly gate: "paused"; readonly by: string }
  | { readonly gate: "draining"; readonly by: string }
  /** No agent can be started, whatever the issue: the repository, the agent's program. Tried again from time to time. */
  | { readonly gate: "setup-failed"; readonly message: string }
  /** Whoever pays for the agents of this backend takes no more work for now. */
  | PoolGate
  /** The journal is empty: what was delivered before it began is being looked up. */
  | { readonly gate: "recovering"; readonly what: string }
  /** `freeMb`: when the gate closed; later figures are not taken in until it has been open again. */
  | { readonly gate: "memory-low"; readonly freeMb: number; readonly reserveMb: number };

/**
 * Nothing is dispatched before `until`; then one run, and the next one `pauseMs` after it, and so on at half the pause
 * each time, until the gate opens.
 */
export interface PoolGate {
  readonly gate: "pool-closed";
  /** The account or plan; `null` where no run has said which it is. */
  readonly pool: string | null;
  readonly because: "quota" | "auth" | "billing";
  readonly message: string;
  /** Epoch milliseconds; `null`: the next run may go. */
  readonly until: number | null;
  readonly pauseMs: number;
}

export type GateName = Gate["gate"];
