import { existsSync } from "node:fs";
import type {
  Logger,
  TrackerDefaults,
  WorkflowConfig,
  WorkflowProblem,
} from "@signalbox/contracts";
import { normalizeState } from "@signalbox/core";
import { formatProblem, validateWorkflow, type Locate } from "@signalbox/workflow";

/** States that take an issue where few would expect it. All are warnings. */
export function doubtfulStates(
  config: WorkflowConfig,
  defaults: TrackerDefaults,
  locate: Locate,
): readonly WorkflowProblem[] {
  return [
    ...doubtfulMapping(config, defaults, locate),
    ...doubtfulTransitions(config, defaults, locate),
    ...doubtfulDelivery(config, defaults, locate),
  ];
}

/** An agent that moves its issue to a terminal state ends its own run, ahead of the delivery. */
function doubtfulTransitions(
  { agent, tracker, source }: WorkflowConfig,
  defaults: TrackerDefaults,
  locate: Locate,
): readonly WorkflowProblem[] {
  const { succeeded } = tracker.states ?? defaults.states;
  if (tracker.writes !== "full" || succeeded === undefined) return [];
  const terminal = new Set((tracker.terminalStates ?? defaults.terminalStates).map(normalizeState));
  const over = (agent.tools?.transitions ?? []).filter((to) => terminal.has(normalizeState(to)));
  if (over.length === 0) return [];
  const states = over.join(", ");
  return [
    warningAt(source.path, ["agent", "tools", "transitions"], locate, {
      code: "transition_terminal",
      message: `\`agent.tools.transitions\` lets an agent move its issue to ${states}, which is terminal: its run is stopped there, and its work is not delivered.`,
      remedy: `Take ${states} out: \`tracker.states.succeeded\`, ${succeeded}, is written when the work is delivered.`,
    }),
  ];
}

function doubtfulDelivery(
  { delivery, tracker, source }: WorkflowConfig,
  defaults: TrackerDefaults,
  locate: Locate,
): readonly WorkflowProblem[] {
  const { succeeded } = tracker.states ?? defaults.states;
  if (delivery.kind !== "merge" || succeeded !== undefined) return [];
  return [
    warningAt(source.path, ["delivery", "kind"], locate, {
      code: "delivery_never",
      message:
        "`delivery.kind: merge` merges nothing: without `tracker.states.succeeded`, work counts as finished when the agent or a person moves the issue, and nothing is delivered then.",
      remedy: "Write under `tracker.states`, as `succeeded`, the state that a merged issue gets.",
    }),
  ];
}

/** States that are written to the tracker. */
function doubtfulMapping(
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
    return warningAt(source.path, key, locate, text);
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

function warningAt(
  path: string,
  key: readonly string[],
  locate: Locate,
  text: Pick<WorkflowProblem, "code" | "message" | "remedy">,
): WorkflowProblem {
  const place = locate(key);
  return {
    severity: "warning",
    ...text,
    path,
    line: place?.line ?? null,
    column: place?.column ?? null,
    key: key.join("."),
  };
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
