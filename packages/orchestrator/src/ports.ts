import type {
  Clock,
  ConfigSource,
  Delivery,
  Journal,
  JournalOwner,
  Logger,
  ResourceProbe,
  RunHost,
  Tracker,
  TrackerDefaults,
  WorkspaceProvider,
} from "@signalbox/contracts";

/** The whole world, as far as the orchestrator can see it. The orchestrator closes what it was given. */
export interface OrchestratorPorts {
  readonly clock: Clock;
  readonly config: ConfigSource;
  readonly tracker: Tracker;
  readonly trackerDefaults: TrackerDefaults;
  readonly runHost: RunHost;
  readonly workspaces: WorkspaceProvider;
  readonly delivery: Delivery;
  readonly journal: Journal;
  readonly resources: ResourceProbe;
  readonly logger: Logger;
  /** Written into the journal's lock, so that a second daemon can name the first. */
  readonly owner: JournalOwner;
}

/** Lets go of everything that was given. */
export async function closePorts(ports: OrchestratorPorts): Promise<void> {
  await ports.runHost.close();
  await ports.tracker.close?.();
  await ports.config.close?.();
  await ports.journal.close();
}
