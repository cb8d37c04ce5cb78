export { executeRun } from "./execute-run.ts";
export { ProcessRunHost } from "./host/process-run-host.ts";
export type { ProcessRunHostOptions } from "./host/process-run-host.ts";
export { pruneRuns } from "./host/prune-runs.ts";
export { InlineRunHost } from "./inline-run-host.ts";
export type { InlineRunHostOptions } from "./inline-run-host.ts";
export { RunInterruption } from "./run-interruption.ts";
export { runMarker } from "./run-marker.ts";
export type { RunPorts } from "./run-ports.ts";
