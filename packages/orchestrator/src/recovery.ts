import type { Clock, Logger, RunHost } from "@signalbox/contracts";
import type { OrchestratorEvent, OrchestratorState } from "@signalbox/core";
import type { RunSupervisor } from "./run-supervisor.ts";

export interface RecoveryPorts {
  readonly clock: Clock;
  readonly runHost: RunHost;
  readonly supervisor: RunSupervisor;
  readonly post: (event: OrchestratorEvent) => void;
  readonly logger: Logger;
}

/**
 * Asks for every run that the journal calls live: adopted, or gone for certain. Until that is known the claim stands
 * and keeps its slot; an agent is never started beside one that may still work.
 */
export async function recoverRuns(state: OrchestratorState, ports: RecoveryPorts): Promise<void> {
  const recovering: Promise<void>[] = [];
  for (const [issueId, claim] of state.claims.entries()) {
    if (claim.phase !== "running" || claim.runPhase === "checking") continue;
    recovering.push(recoverRun(issueId, claim.runId, ports));
  }
  await Promise.all(recovering);
}

async function recoverRun(issueId: string, runId: string, ports: RecoveryPorts): Promise<void> {
  const { clock, runHost, supervisor, post, logger } = ports;
  try {
    const found = await runHost.recover(runId, supervisor.observe(issueId, runId, "found"));
    if (found === "adopted") return;
  } catch (error) {
    logger.log(
      "error",
      `run ${runId} could not be recovered; its claim is kept: ${String(error)}`,
      {
        issue_id: issueId,
        run_id: runId,
      },
    );
    return;
  }
  post({
    type: "run-ended",
    at: clock.now(),
    issueId,
    runId,
    ending: {
      outcome: { kind: "lost", message: "the daemon that ran it ended" },
      fingerprint: null,
      turns: 0,
    },
    usage: null,
  });
}
