import type {
  Clock,
  ConfigSource,
  Delivery,
  Issue,
  Logger,
  RunHost,
  Tracker,
  WorkspaceProvider,
} from "@signalbox/contracts";
import type { OrchestratorEvent, OrchestratorState } from "@signalbox/core";
import type { ToolDesk } from "../tools/tool-desk.ts";
import type { RunSupervisor } from "../run-supervisor.ts";

/** What performing an effect may use. */
export interface PerformContext {
  /** Of this daemon life. */
  readonly epoch: number;
  readonly clock: Clock;
  readonly tracker: Tracker;
  readonly runHost: RunHost;
  readonly workspaces: WorkspaceProvider;
  readonly delivery: Delivery;
  readonly config: ConfigSource;
  readonly logger: Logger;
  readonly supervisor: RunSupervisor;
  readonly toolDesk: Pick<ToolDesk, "offered">;
  /** Aborted when the orchestrator ends. */
  readonly signal: AbortSignal;
  readonly state: () => OrchestratorState;
  readonly post: (event: OrchestratorEvent) => void;
  /** Resolves when all that was posted so far is durable and handed out. */
  readonly settled: () => Promise<void>;
  /** Whole issues between their check and their start: descriptions are never journalled. */
  readonly checked: Map<string, Issue>;
}
