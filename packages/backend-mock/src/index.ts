export { MockBackend } from "./mock-backend.ts";
export { mockPlugin as default } from "./mock-plugin.ts";
export type { MockAction, MockRuns, MockScript, MockStep, MockTurn } from "./mock-step.ts";
