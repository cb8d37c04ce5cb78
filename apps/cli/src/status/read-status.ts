import { SignalboxError } from "@signalbox/contracts";
import type { OrchestratorState } from "@signalbox/core";
import { reasonText, type OutsideReason } from "@signalbox/views";
import { locateState, type WorkflowOptions } from "@signalbox/workflow";
import { reachDaemon } from "../control/reach-daemon.ts";
import { readJournal } from "../observe/read-journal.ts";
import { parseStateReport } from "./parse-state-report.ts";
import { stateReport, type StateReport } from "./status-report.ts";

/** What `status --json` prints; see the README. */
export interface StatusReport extends StateReport {
  readonly workflow: string;
  readonly state_dir: string;
  /** `null`: none runs. */
  readonly daemon: {
    readonly pid: number;
    readonly host: string;
    /** Epoch milliseconds. */
    readonly since: number;
    readonly epoch: number;
    /** `null`: it did not say. */
    readonly version: string | null;
  } | null;
  /** Who says so: the living daemon, or the journal in its place; `nothing`: no daemon has ever run. */
  readonly source: "daemon" | "journal" | "nothing";
  /** Why the daemon does not say it. */
  readonly reasons: readonly {
    readonly code: string;
    readonly text: string;
    readonly release: string;
  }[];
}

/** The living daemon's word, or where there is none, what stands in the journal as of its last entry. */
export async function readStatus(
  file: string | undefined,
  options: WorkflowOptions,
): Promise<StatusReport> {
  const place = locateState(file, options);
  const about = { workflow: place.path, state_dir: place.stateDir };
  try {
    using client = await reachDaemon(file, options);
    const report = parseStateReport(await client.request({ verb: "status" }));
    const { pid, host, since, epoch, version } = client.hello;
    const daemon = { pid, host, since, epoch, version };
    return { ...about, daemon, source: "daemon", reasons: [], ...report };
  } catch (error) {
    if (!SignalboxError.isInstance(error)) throw error;
    return { ...about, ...(await statusFromJournal(file, options)) };
  }
}

async function statusFromJournal(
  file: string | undefined,
  options: WorkflowOptions,
): Promise<Omit<StatusReport, "workflow" | "state_dir">> {
  const { state, daemon, isThere } = await readJournal(file, options);
  if (!isThere) {
    const report = stateReport(state, Date.now(), []);
    return { daemon: null, source: "nothing", reasons: [neverRun], ...report };
  }
  const reason: OutsideReason =
    daemon === null ? { code: "daemon-not-running" } : { code: "daemon-silent", pid: daemon.pid };
  const now = Date.now();
  return {
    daemon: daemon === null ? null : { ...daemon, epoch: state.epoch, version: null },
    source: "journal",
    reasons: [{ code: reason.code, ...reasonText(reason, now) }],
    ...(daemon === null ? reportOfThePast(state) : stateReport(state, now, [])),
  };
}

const neverRun = {
  code: "daemon-not-running",
  text: "No daemon has run yet with this workflow file and state folder.",
  release: "`signalbox run --dry-run` shows what one would start; `signalbox run` starts one.",
};

/** What ends with a daemon, or is dealt with by the next one before anything else. */
const ofDaemon: ReadonlySet<string> = new Set(["draining", "recovering"]);

/** As of the last entry: nothing has gone on since, as far as anybody knows; and what ended with the daemon is over. */
function reportOfThePast(state: OrchestratorState): StateReport {
  const report = stateReport(state, state.at, []);
  return { ...report, gates: report.gates.filter(({ gate }) => !ofDaemon.has(gate)) };
}
