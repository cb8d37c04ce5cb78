import type { RunTools } from "@signalbox/agent-tools";
import type { RunOrder, Workspace } from "@signalbox/contracts";
import { AgentPlace } from "./agent-place.ts";
import { messageOf } from "./failure.ts";
import { ReportAllowance } from "./report-allowance.ts";
import type { RunPorts } from "./run-ports.ts";

/** Where the agent of one run lives, from before its session to after it; and what is told of it. */
export class RunPlace {
  readonly #order: RunOrder;
  readonly #ports: RunPorts;
  readonly #describe: (text: string) => void;
  #place: AgentPlace | null = null;

  constructor(order: RunOrder, ports: RunPorts, describe: (text: string) => void) {
    this.#order = order;
    this.#ports = ports;
    this.#describe = describe;
  }

  /** Rejects where the sandbox that was asked for cannot be had. */
  async open(
    workspace: Workspace,
    tools: RunTools | null,
    signal: AbortSignal,
  ): Promise<AgentPlace> {
    const { config } = this.#order;
    const { agentNeeds, clock, environment, stateDir } = this.#ports;
    const needs = (await agentNeeds?.(config)) ?? null;
    const reports = new ReportAllowance(clock);
    const onRefused = (why: string): void => {
      if (reports.admit() !== "no") this.#warn("The run's tools were refused.", { why });
    };
    const place = await AgentPlace.open(
      { config, workspace, stateDir, needs, environment, tools, onRefused },
      signal,
    );
    this.#place = place;
    if (place.description !== null) this.#describe(place.description);
    return place;
  }

  /** To be called when nothing of the agent is alive any more. Never rejects. */
  async leave(): Promise<void> {
    const changed = this.#place?.changedOutside() ?? [];
    if (changed.length > 0) {
      this.#warn("While an agent ran, it or somebody else changed what runs by itself.", {
        changed: changed.join(", "),
      });
    }
    try {
      await this.#place?.close();
    } catch (error) {
      const fields = { error: messageOf(error) };
      this.#warn("Temporary files of an agent could not be removed.", fields);
    }
  }

  #warn(message: string, fields: Readonly<Record<string, string>>): void {
    const { issue, runId } = this.#order;
    const about = { issue_id: issue.id, issue_identifier: issue.identifier, run_id: runId };
    this.#ports.logger.log("warn", message, { ...about, ...fields });
  }
}
