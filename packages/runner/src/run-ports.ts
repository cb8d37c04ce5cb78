import type {
  AgentNeeds,
  Backend,
  Clock,
  Logger,
  WorkflowConfig,
  WorkspaceProvider,
} from "@signalbox/contracts";

/** What a run needs of the world. */
export interface RunPorts {
  readonly workspaces: WorkspaceProvider;
  /** The backend that the configuration names, with the options that it gives. May reject: that fails the run. */
  readonly loadBackend: (config: WorkflowConfig) => Promise<Backend>;
  /** What a sandbox has to let through for that backend; `null`, or no such port: it starts its programs outside. */
  readonly agentNeeds?: (config: WorkflowConfig) => Promise<AgentNeeds | null>;
  /** Absolute; transcripts go to `runs/<runId>` below it. */
  readonly stateDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Kills every process that carries `SIGNALBOX_RUN_ID=<marker>`, for a backend that does not end its own. */
  readonly killStrays: (marker: string) => Promise<unknown>;
  /** Where hooks take harmless variables from, and where secrets to redact are found: usually `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}
