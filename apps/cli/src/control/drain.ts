import type { OrchestratorState } from "@signalbox/core";
import * as v from "valibot";
import { waitedFor } from "../run/waited-for.ts";
import type { Operable } from "./operable.ts";
import type { ControlRequest } from "./protocol.ts";
import { unlessStuck } from "./unless-stuck.ts";

/** What came of a drain. The stable form of `--json`; see the README. */
export interface DrainReport {
  /** Whether nothing was under way any more when the daemon ended; `false` too where it was not waited for. */
  readonly drained: boolean;
  /** Runs and deliveries that were under way when this was said. */
  readonly running: number;
  readonly delivering: number;
  readonly text: string;
}

const reportSchema: v.GenericSchema<unknown, DrainReport> = v.object({
  drained: v.boolean(),
  running: v.number(),
  delivering: v.number(),
  text: v.string(),
});

/** Throws a `ValiError` for what is no report. */
export function parseDrainReport(value: unknown): DrainReport {
  return v.parse(reportSchema, value);
}

/** What a drain needs of an orchestrator. */
interface Watched extends Pick<Operable, "state" | "journalTrouble"> {
  on(name: "state_change", listener: () => void): unknown;
  off(name: "state_change", listener: () => void): unknown;
}

export interface DrainPorts {
  /** Does what the first SIGINT does. */
  readonly begin: () => void;
  readonly progress: (text: string) => void;
  readonly gone: AbortSignal;
  /** Aborted when the orchestrator has ended. */
  readonly over: AbortSignal;
}

/** Begins a drain; with `wait`, resolves when the daemon has ended, and says meanwhile what it waits for. */
export async function drain(
  { wait }: Extract<ControlRequest, { verb: "drain" }>,
  orchestrator: Watched,
  { begin, progress, gone, over }: DrainPorts,
): Promise<DrainReport> {
  begin();
  const end = AbortSignal.any([gone, over]);
  await unlessStuck(orchestrator, gateClosed(orchestrator, end));
  if (!wait) {
    return reportOf(orchestrator.state, false, `draining: ${waitedFor(orchestrator.state)}`);
  }
  let told = "";
  const tell = (): void => {
    const text = `draining: ${waitedFor(orchestrator.state)}`;
    if (text !== told) progress(text);
    told = text;
  };
  orchestrator.on("state_change", tell);
  tell();
  try {
    await unlessStuck(orchestrator, aborted(end));
  } finally {
    orchestrator.off("state_change", tell);
  }
  const { state } = orchestrator;
  const drained = isIdle(state);
  const text = drained
    ? "drained: the daemon has ended, and nothing was under way any more"
    : `the daemon was ended before the drain was over: ${waitedFor(state)}`;
  return reportOf(state, drained, text);
}

/** Nothing is said before it is so: from here on nothing new starts. */
async function gateClosed(orchestrator: Watched, end: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (orchestrator.state.gates.draining !== undefined) resolve();
  };
  orchestrator.on("state_change", look);
  look();
  await Promise.race([promise, aborted(end)]);
  orchestrator.off("state_change", look);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
}

function isIdle({ claims }: OrchestratorState): boolean {
  return [...claims.values()].every(
    (claim) =>
      claim.phase !== "running" && (claim.phase !== "delivering" || claim.retryAt !== null),
  );
}

function reportOf(state: OrchestratorState, drained: boolean, text: string): DrainReport {
  const phases = [...state.claims.values()].map(({ phase }) => phase);
  return {
    drained,
    running: phases.filter((phase) => phase === "running").length,
    delivering: phases.filter((phase) => phase === "delivering").length,
    text,
  };
}
