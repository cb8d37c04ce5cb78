import { SignalboxError } from "@signalbox/contracts";
import type { Logger, LogLevel, WorkflowConfig } from "@signalbox/contracts";
import type { Orchestrator, Problem } from "@signalbox/orchestrator";
import { RunHistory } from "@signalbox/views";
import { attachControl } from "../control/attach-control.ts";
import type { Operable } from "../control/operable.ts";
import { LineLogger, type LogFormat } from "../log-lines.ts";
import type { Surroundings } from "../surroundings.ts";
import { failureOf } from "../terminal/failure.ts";
import { issueFields, noticeOf } from "./notice.ts";
import { JsonReporter, LineReporter, LiveReporter, type Reporter } from "./reporter.ts";
import { watchSignals, type SignalSource } from "./signals.ts";

/** The part of an orchestrator that `run` needs. */
type RunnableOrchestrator = Operable & Pick<Orchestrator, "start" | "finished" | "stop">;

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
  // With the first thing that it has to say: one that is refused has none.
  let hasBegun = false;
  const begin = (): void => {
    if (!hasBegun) reporter.began(config, Date.now());
    hasBegun = true;
  };
  orchestrator.on("state_change", begin).on("problem", begin);
  const fate = report(orchestrator, reporter, history);
  using watch = watchSignals(signals, orchestrator, config, aside);
  const control = attachControl(orchestrator, {
    config,
    environment: surroundings.environment,
    drain: watch.drain,
    onFailure: (error) => tellFailure(error, reporter),
  });
  try {
    await orchestrator.start({ once: options.once });
    begin();
    await Promise.race([orchestrator.finished(), watch.stopped]);
  } finally {
    try {
      await orchestrator.stop();
    } finally {
      await control.close();
    }
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

/** The daemon goes on without what failed. */
function tellFailure(error: unknown, reporter: Reporter | null): void {
  const failure = failureOf(error);
  const nobody = { issue_id: null, issue_identifier: null };
  reporter?.notice({ type: "problem", at: Date.now(), ...failure, ...nobody });
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
  orchestrator.on("run_recovered", ({ issueId, runId, found, since }) => {
    const issue = issueFields(issueId, orchestrator.state);
    const alive = found === "adopted";
    reporter.notice({ type: "run-adopted", at: Date.now(), ...issue, run_id: runId, alive, since });
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
