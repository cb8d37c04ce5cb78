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

/** Lets go of everything that was given, whatever goes wrong with one of them. */
export async function closePorts(
  ports: OrchestratorPorts,
  runs: "leave" | "stop" = "stop",
): Promise<void> {
  const closing = [
    () => ports.runHost.close(runs),
    () => ports.tracker.close?.(),
    () => ports.config.close?.(),
    () => ports.journal.close(),
  ];
  for (const close of closing) {
    try {
      await close();
    } catch (error) {
      ports.logger.log("error", `closing failed: ${String(error)}`);
    }
  }
}

/** The same ports with a log that may fail. */
export function withQuietLogger(ports: OrchestratorPorts): OrchestratorPorts {
  const { logger } = ports;
  return {
    ...ports,
    logger: {
      log(level, message, fields) {
        try {
          logger.log(level, message, fields);
        } catch {
          // A sink that fails has nowhere to say so, and scheduling goes on without it.
        }
      },
    },
  };
}
