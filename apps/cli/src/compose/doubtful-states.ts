import { existsSync } from "node:fs";
import type {
  Logger,
  TrackerDefaults,
  WorkflowConfig,
  WorkflowProblem,
} from "@signalbox/contracts";
import { normalizeState } from "@signalbox/core";
import { formatProblem, validateWorkflow, type Locate } from "@signalbox/workflow";

/** States that are written to the tracker and that take an issue where few would expect it. All are warnings. */
export function doubtfulStates(
  { tracker, source }: WorkflowConfig,
  defaults: TrackerDefaults,
  locate: Locate,
): readonly WorkflowProblem[] {
  if (tracker.writes !== "full") return [];
  const { running, succeeded, needsHuman } = tracker.states ?? defaults.states;
  const active = new Set((tracker.activeStates ?? defaults.activeStates).map(normalizeState));
  const isOwn = tracker.states !== null;
  const problem = (
    purpose: "running" | "succeeded" | "needs_human",
    text: Pick<WorkflowProblem, "code" | "message" | "remedy">,
  ): WorkflowProblem => {
    // Where the adapter maps it, the list of active states is what the file can have changed.
    const key = isOwn ? ["tracker", "states", purpose] : ["tracker", "active_states"];
    const place = locate(key);
    return {
      severity: "warning",
      ...text,
      path: source.path,
      line: place?.line ?? null,
      column: place?.column ?? null,
      key: key.join("."),
    };
  };
  const nameOf = (purpose: string): string =>
    isOwn ? `\`tracker.states.${purpose}\`` : `The adapter's state for \`${purpose}\``;
  const found: WorkflowProblem[] = [];
  if (running !== undefined && !active.has(normalizeState(running))) {
    found.push(
      problem("running", {
        code: "running_not_active",
        message: `${nameOf("running")}, ${running}, is not among the active states: an issue leaves them when its agent starts.`,
        remedy: `Add ${running} to \`tracker.active_states\`, or write \`running\` as one that is there.`,
      }),
    );
  }
  if (succeeded !== undefined && active.has(normalizeState(succeeded))) {
    found.push(
      problem("succeeded", {
        code: "succeeded_active",
        message: `${nameOf("succeeded")}, ${succeeded}, is among the active states: a delivered issue never leaves them.`,
        remedy: `Take ${succeeded} out of \`tracker.active_states\`, or write another state as \`succeeded\`.`,
      }),
    );
  }
  if (
    running === undefined &&
    needsHuman !== undefined &&
    !active.has(normalizeState(needsHuman))
  ) {
    found.push(
      problem("needs_human", {
        code: "needs_human_stays",
        message: `${nameOf("needs_human")}, ${needsHuman}, is not among the active states, and without \`running\` nothing leads out of it: an issue whose question is answered stays there.`,
        remedy:
          "Write `running`, too: an answered issue goes there. Or people move each one themselves.",
      }),
    );
  }
  return found;
}

/** Logs them, with their lines where there is a file. */
export function warnOfDoubtfulStates(
  config: WorkflowConfig,
  defaults: TrackerDefaults,
  logger: Logger,
): void {
  if (doubtfulStates(config, defaults, () => null).length === 0) return;
  const { path } = config.source;
  const locate = existsSync(path) ? validateWorkflow(path).locate : () => null;
  for (const problem of doubtfulStates(config, defaults, locate)) {
    logger.log("warn", formatProblem(problem));
  }
}
