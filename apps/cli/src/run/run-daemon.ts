import { SignalboxError } from "@signalbox/contracts";
import type { Logger, LogLevel, WorkflowConfig } from "@signalbox/contracts";
import type { Orchestrator, Problem } from "@signalbox/orchestrator";
import { RunHistory } from "@signalbox/views";
import { LineLogger, type LogFormat } from "../log-lines.ts";
import type { Surroundings } from "../surroundings.ts";
import { issueFields, noticeOf } from "./notice.ts";
import { JsonReporter, LineReporter, LiveReporter, type Reporter } from "./reporter.ts";
import { watchSignals, type SignalSource } from "./signals.ts";

/** The part of an orchestrator that `run` needs. */
type RunnableOrchestrator = Pick<Orchestrator, "on" | "state" | "start" | "finished" | "stop">;

export type CreateOrchestrator = (
  config: WorkflowConfig,
  options: { readonly logger: Logger },
) => RunnableOrchestrator;

export interface DaemonOptions {
  readonly once: boolean;
  readonly json: boolean;
  readonly logLevel: LogLevel;
}

/**
 * Runs a daemon until it is done (`once`) or a signal ends it, and tells what happens. Rejects where it cannot start,
 * or cannot go on.
 */
export async function runDaemon(
  config: WorkflowConfig,
  options: DaemonOptions,
  createOrchestrator: CreateOrchestrator,
  surroundings: Surroundings,
  signals: SignalSource,
): Promise<void> {
  let reporter: Reporter | null = null;
  const format: LogFormat = options.json ? "json" : "plain";
  const aside = (line: string): void => (reporter ?? surroundings.err).line(line);
  const logger = new LineLogger({ format, level: options.logLevel, now: Date.now, write: aside });
  const orchestrator = createOrchestrator(config, { logger });
  reporter = reporterFor(options, surroundings, orchestrator);
  const history = new RunHistory();
  const fate = report(orchestrator, reporter, history);
  using watch = watchSignals(signals, orchestrator, config, aside);
  try {
    reporter.began(config, Date.now());
    await orchestrator.start({ once: options.once });
    await Promise.race([orchestrator.finished(), watch.stopped]);
  } finally {
    await orchestrator.stop();
    reporter.close();
  }
  reporter.finished(history.rows(), Date.now());
  if (fate.fenced !== null) throw fencedError(fate.fenced);
}

function reporterFor(
  { json }: DaemonOptions,
  surroundings: Surroundings,
  orchestrator: RunnableOrchestrator,
): Reporter {
  if (json) return new JsonReporter(surroundings);
  return surroundings.isLive
    ? new LiveReporter(surroundings, () => orchestrator.state)
    : new LineReporter(surroundings);
}

interface Fate {
  /** Another daemon took over. */
  fenced: Problem | null;
}

/** Tells the reporter what happens, from now on. */
function report(orchestrator: RunnableOrchestrator, reporter: Reporter, history: RunHistory): Fate {
  const fate: Fate = { fenced: null };
  orchestrator.on("state_change", ({ state, decided }) => {
    history.add(decided, state);
    for (const fact of decided) {
      const notice = noticeOf(fact, state);
      if (notice !== null) reporter.notice(notice);
    }
  });
  orchestrator.on("agent_event", ({ issueId, runId, event }) => {
    const issue = issueFields(issueId, orchestrator.state);
    reporter.notice({ type: "agent-event", at: Date.now(), ...issue, run_id: runId, event });
  });
  orchestrator.on("problem", (problem) => {
    const { issueId, ...facts } = problem;
    const issue =
      issueId === null
        ? { issue_id: null, issue_identifier: null }
        : issueFields(issueId, orchestrator.state);
    reporter.notice({ type: "problem", at: Date.now(), ...facts, ...issue });
  });
  orchestrator.on("fenced", (problem) => {
    fate.fenced = problem;
  });
  return fate;
}

function fencedError({ code, message, remedy }: Problem): SignalboxError {
  return new SignalboxError(code, message, remedy === null ? {} : { remedy });
}
