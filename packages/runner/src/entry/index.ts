export { runRunner } from "./run-runner.ts";
export type { RunnerParts } from "./run-runner.ts";
