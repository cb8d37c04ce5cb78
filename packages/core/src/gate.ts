/** What can hold back every dispatch at once. A gate enters as an event, so that the past can be explained. */
export type Gate =
  | { readonly gate: "paused"; readonly by: string }
  | { readonly gate: "draining"; readonly by: string }
  /** The journal is empty: what was delivered before it began is being looked up. */
  | { readonly gate: "recovering"; readonly what: string }
  | { readonly gate: "memory-low"; readonly freeMb: number; readonly reserveMb: number };

export type GateName = Gate["gate"];
