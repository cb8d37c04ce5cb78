export { executeRun } from "./execute-run.ts";
export { InlineRunHost } from "./inline-run-host.ts";
export type { InlineRunHostOptions } from "./inline-run-host.ts";
export { RunInterruption } from "./run-interruption.ts";
export { runMarker } from "./run-marker.ts";
export type { RunPorts } from "./run-ports.ts";
