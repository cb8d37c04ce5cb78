import type { Logger, WorkflowConfig } from "@signalbox/contracts";
import { Orchestrator as PortsOrchestrator, type OrchestratorPorts } from "@signalbox/orchestrator";
import { composePorts } from "./compose/compose-ports.ts";

export interface OrchestratorOptions {
  /** Default: nothing is logged; events tell what happens. */
  readonly logger?: Logger;
  /** Ports of your own, in place of those that the configuration would give. */
  readonly ports?: Partial<OrchestratorPorts>;
}

const silent: Logger = { log: () => undefined };

/** An orchestrator for a workflow configuration: adapters, workspaces, journal and runner are made from it at `start`. */
export class Orchestrator extends PortsOrchestrator {
  constructor(config: WorkflowConfig, options: OrchestratorOptions = {}) {
    const { logger = silent, ports = {} } = options;
    super(config, () => composePorts(config, logger, ports));
  }
}
