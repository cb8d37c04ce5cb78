import type { Auditor } from "./auditor.ts";
import type { ConfigWorld } from "./config-world.ts";
import type { DeliveryWorld } from "./delivery-world.ts";
import type { Faults } from "./faults.ts";
import type { JournalDisk } from "./journal-disk.ts";
import type { Random } from "./random.ts";
import type { RunWorld } from "./run-world.ts";
import type { Scheduler } from "./scheduler.ts";
import type { AgentModel } from "./simulation-options.ts";
import type { Trace } from "./trace.ts";
import type { TrackerWorld } from "./tracker-world.ts";
import type { WorkspaceWorld } from "./workspace-world.ts";

/** Everything that outlives a daemon. */
export interface World {
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly faults: Faults;
  readonly agentRandom: Random;
  readonly latencyRandom: Random;
  readonly agents: AgentModel;
  readonly config: ConfigWorld;
  readonly tracker: TrackerWorld;
  readonly workspaces: WorkspaceWorld;
  readonly runs: RunWorld;
  readonly deliveries: DeliveryWorld;
  readonly disk: JournalDisk;
  readonly auditor: Auditor;
  /** Free memory in MiB; `null`: it cannot be told. */
  memory: { freeMb: number | null };
}
