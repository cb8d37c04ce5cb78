export type { OrchestratorEvents } from "./orchestrator-events.ts";
export { Orchestrator } from "./orchestrator.ts";
export type { StartOptions, StopOptions } from "./orchestrator.ts";
export type { OrchestratorPorts } from "./ports.ts";
export type { Problem } from "./problem.ts";
export { decidedIn, replay } from "./replay.ts";
