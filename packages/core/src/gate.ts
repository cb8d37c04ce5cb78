/** What can hold back every dispatch at once. A gate enters as an event, so that the past can be explained. */
export type Gate =
  | { readonly gate: "paused"; readonly by: string }
  | { readonly gate: "draining"; readonly by: string }
  | { readonly gate: "config-invalid"; readonly message: string }
  | { readonly gate: "memory-low"; readonly freeMb: number; readonly reserveMb: number }
  | { readonly gate: "plugin-failed"; readonly plugin: string; readonly message: string };

export type GateName = Gate["gate"];
