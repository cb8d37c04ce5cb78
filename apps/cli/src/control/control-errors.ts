import { SignalboxError } from "@signalbox/contracts";

export function daemonNotRunning(workflow: string): SignalboxError {
  return new SignalboxError("daemon_not_running", `no daemon is running for ${workflow}`, {
    remedy: "`signalbox run` starts one.",
  });
}

export function controlSilent(pid: number, cause?: unknown): SignalboxError {
  return new SignalboxError("daemon_silent", `the daemon (pid ${pid}) does not answer`, {
    retryable: true,
    remedy: "Try again; if it stays silent, end that process and start `signalbox run` anew.",
    cause,
  });
}

export function controlLost(pid: number): SignalboxError {
  return new SignalboxError(
    "daemon_lost",
    `the daemon (pid ${pid}) went away before it had answered`,
    { remedy: "`signalbox status` shows what came of it." },
  );
}
