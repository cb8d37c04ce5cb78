/** What can hold back every dispatch at once. A gate enters as an event, so that the past can be explained. */
export type Gate =
  | { readonly gate: "paused"; readonly by: string }
  | { readonly gate: "draining"; readonly by: string }
  /** No agent can be started, whatever the issue: the repository, the agent's program. Tried again from time to time. */
  | { readonly gate: "setup-failed"; readonly message: string }
  /** The journal is empty: what was delivered before it began is being looked up. */
  | { readonly gate: "recovering"; readonly what: string }
  /** `freeMb`: when the gate closed; later figures are not taken in until it has been open again. */
  | { readonly gate: "memory-low"; readonly freeMb: number; readonly reserveMb: number };

export type GateName = Gate["gate"];
