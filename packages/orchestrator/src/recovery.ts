import type { Clock, RunHost } from "@signalbox/contracts";
import type { OrchestratorEvent, OrchestratorState, RunningClaim } from "@signalbox/core";
import type { OrchestratorEvents } from "./orchestrator-events.ts";
import type { RunSupervisor } from "./run-supervisor.ts";

const retryMs = 30_000;

export interface RecoveryPorts {
  /** Of this daemon life. */
  readonly epoch: number;
  readonly clock: Clock;
  readonly runHost: RunHost;
  readonly supervisor: RunSupervisor;
  readonly state: () => OrchestratorState;
  readonly post: (event: OrchestratorEvent) => void;
  /** Aborted when the orchestrator ends. */
  readonly signal: AbortSignal;
  readonly onFailure: (error: unknown, doing: string) => void;
  readonly onRecovered: (recovered: OrchestratorEvents["run_recovered"]) => void;
}

/**
 * Asks for every run that the journal calls live: adopted, or gone for certain. Until that is known the claim stands
 * and keeps its slot; an agent is never started beside one that may still work.
 */
export async function recoverRuns(state: OrchestratorState, ports: RecoveryPorts): Promise<void> {
  const recovering: Promise<void>[] = [];
  for (const [issueId, claim] of state.claims.entries()) {
    if (claim.phase !== "running" || claim.runPhase === "checking") continue;
    recovering.push(recoverRun(issueId, claim, ports));
  }
  await Promise.all(recovering);
}

async function recoverRun(
  issueId: string,
  claim: RunningClaim,
  ports: RecoveryPorts,
): Promise<void> {
  const { clock, epoch, runHost, supervisor, post, onFailure } = ports;
  const { runId, spoolSeq: afterSpoolSeq } = claim;
  try {
    const found = await runHost.recover(
      { runId, epoch, afterSpoolSeq },
      supervisor.observe(issueId, runId, "found"),
    );
    if (found !== "gone") {
      ports.onRecovered({ issueId, runId, found, since: claim.startedAt });
      if (found === "adopted") post({ type: "run-unheard", at: clock.now(), issueId, runId });
      // As it is now: a stop that was decided meanwhile did not reach the run.
      const known = ports.state().claims.get(issueId);
      const stopping = known?.phase === "running" && known.runId === runId ? known.stopping : null;
      if (stopping !== null) await runHost.stop(runId, stopping);
      return;
    }
  } catch (error) {
    supervisor.forget(runId);
    post({ type: "run-unheard", at: clock.now(), issueId, runId });
    onFailure(error, `finding out what became of ${runId}, whose claim is kept`);
    askAgain(issueId, claim, ports);
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

/** A claim that nobody can judge must not stand for ever, nor be given away on a guess. */
function askAgain(issueId: string, claim: RunningClaim, ports: RecoveryPorts): void {
  const { clock, signal } = ports;
  if (signal.aborted) return;
  const timer = clock.setTimer(retryMs, () => {
    signal.removeEventListener("abort", cancel);
    void recoverRun(issueId, claim, ports);
  });
  const cancel = (): void => timer[Symbol.dispose]();
  signal.addEventListener("abort", cancel, { once: true });
}
