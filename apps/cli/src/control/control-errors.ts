import { SignalboxError } from "@signalbox/contracts";
import { isHalted } from "./is-halted.ts";

export function daemonNotRunning(workflow: string): SignalboxError {
  return new SignalboxError("daemon_not_running", `no daemon is running for ${workflow}`, {
    remedy: "`signalbox run` starts one.",
  });
}

export function controlSilent(pid: number, cause?: unknown): SignalboxError {
  if (isHalted(pid)) return daemonHalted(pid);
  return new SignalboxError("daemon_silent", `the daemon (pid ${pid}) does not answer`, {
    retryable: true,
    remedy: "Try again; if it stays silent, end that process and start `signalbox run` anew.",
    cause,
  });
}

/** It has the journal, and nobody can reach it. */
export function controlGone(pid: number): SignalboxError {
  if (isHalted(pid)) return daemonHalted(pid);
  return new SignalboxError(
    "daemon_unreachable",
    `a daemon (pid ${pid}) runs, but its socket for orders is not there`,
    {
      retryable: true,
      remedy: `It makes that anew within seconds, where it can: try again. Else \`kill ${pid}\` ends it.`,
    },
  );
}

function daemonHalted(pid: number): SignalboxError {
  return new SignalboxError("daemon_silent", `the daemon (pid ${pid}) is stopped (SIGSTOP)`, {
    retryable: true,
    remedy: haltedRemedy(pid),
  });
}

/** A plain `kill` waits until the process goes on. */
export function haltedRemedy(pid: number): string {
  return `\`kill -CONT ${pid}\` lets it go on; \`kill -KILL ${pid}\` ends it, and the next \`signalbox run\` takes its agents over.`;
}

export function controlLost(pid: number): SignalboxError {
  return new SignalboxError(
    "daemon_lost",
    `the daemon (pid ${pid}) went away before it had answered`,
    { remedy: "`signalbox status` shows what came of it." },
  );
}
