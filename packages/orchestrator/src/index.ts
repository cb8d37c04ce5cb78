export type { OrchestratorEvents } from "./orchestrator-events.ts";
export { Orchestrator } from "./orchestrator.ts";
export type { StartOptions, StopOptions } from "./orchestrator.ts";
export type { OrchestratorPorts } from "./ports.ts";
export type { Problem } from "./problem.ts";
export { decidedIn, loadBase, replay, replayAt, replaySteps } from "./replay.ts";
export type { Replayed, ReplayStep } from "./replay.ts";
export { verifyReplay } from "./verify-replay.ts";
export type { ReplayVerdict, SnapshotVerdict } from "./verify-replay.ts";
