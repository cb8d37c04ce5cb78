import { SignalboxError } from "@signalbox/contracts";
import { reasonText, type ExplainedReason } from "@signalbox/views";
import type { WorkflowOptions } from "@signalbox/workflow";
import { reachDaemon } from "../control/reach-daemon.ts";
import { parseStateReport } from "../status/parse-state-report.ts";
import { journalGate } from "../status/status-report.ts";

/** What keeps the daemon `pid` from everything and does not stand in its journal: that it cannot write it, or is silent. */
export async function askDaemon(
  file: string | undefined,
  options: WorkflowOptions,
  { pid }: { readonly pid: number },
): Promise<readonly ExplainedReason[]> {
  try {
    using client = await reachDaemon(file, options);
    const { gates } = parseStateReport(await client.request({ verb: "status" }));
    return gates
      .filter(({ gate }) => gate === journalGate)
      .map(({ text, release }) => ({ code: journalGate, text, release }));
  } catch (error) {
    if (!SignalboxError.isInstance(error)) throw error;
    if (error.code !== "daemon_silent") return [];
    const code = "daemon-silent";
    return [{ code, ...reasonText({ code, pid }, Date.now()) }];
  }
}
