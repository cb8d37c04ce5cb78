import {
  explainEligibility,
  sortCandidates,
  type IssueSummary,
  type OrchestratorState,
} from "@signalbox/core";
import { explainIssue, type Explanation } from "@signalbox/views";
import { loadWorkflowConfig } from "@signalbox/workflow";
import { refuseMissingPrograms } from "../compose/refuse-missing-programs.ts";
import { look, type View } from "../observe/look.ts";
import { withTracker } from "../observe/with-tracker.ts";
import type { Surroundings } from "../surroundings.ts";
import { plainText } from "../terminal/plain-text.ts";
import { renderTable } from "../terminal/table.ts";

export interface DryRunOptions {
  readonly file?: string | undefined;
  readonly stateDir?: string;
  readonly json: boolean;
}

interface Preview {
  /** In the order of their start. */
  readonly dispatch: readonly IssueSummary[];
  readonly heldBack: readonly Explanation[];
}

/** Prints what a daemon would start now, and what holds every other issue back. Touches nothing. */
export async function dryRun(options: DryRunOptions, surroundings: Surroundings): Promise<void> {
  const { cwd, environment, out } = surroundings;
  const { stateDir } = options;
  const place = { cwd, environment, ...(stateDir === undefined ? {} : { stateDir }) };
  const config = loadWorkflowConfig(options.file, place);
  await refuseMissingPrograms(config, environment, null);
  const at = Date.now();
  const view = await withTracker(config, surroundings, (tracker) => look(config, tracker, at));
  if (view.trackerError !== null) throw view.trackerError;
  const preview = previewOf(view.state, at);
  if (options.json) out.line(JSON.stringify(jsonOf(preview, view)));
  else for (const line of linesOf(preview, view, surroundings)) out.line(line);
}

function previewOf(state: OrchestratorState, at: number): Preview {
  const dispatch: IssueSummary[] = [];
  const heldBack: Explanation[] = [];
  for (const issue of sortCandidates([...state.issues.values()])) {
    if (explainEligibility(issue, state, at).length === 0) dispatch.push(issue);
    else heldBack.push(explainIssue(state, issue, at));
  }
  return { dispatch, heldBack };
}

function jsonOf({ dispatch, heldBack }: Preview, view: View): object {
  return {
    daemon: view.daemon,
    dispatch: dispatch.map(briefly),
    held_back: heldBack.map(({ issue, reasons }) => ({ ...briefly(issue), reasons })),
    tracker_problems: view.trackerProblems,
  };
}

function briefly({ id, identifier, title, state, priority }: IssueSummary): object {
  return { id, identifier, title, state, priority };
}

function linesOf(
  { dispatch, heldBack }: Preview,
  view: View,
  surroundings: Surroundings,
): string[] {
  const { paint } = surroundings;
  const over = heldBack.filter(isOver);
  const waiting = heldBack.filter((explanation) => !isOver(explanation));
  const lines = [
    view.daemon === null
      ? paint("dim", "No daemon is running; this is what one would do now. Nothing was touched.")
      : paint("dim", `A daemon is at work (pid ${view.daemon.pid}). Nothing was touched.`),
    "",
    paint("bold", `Would start now: ${dispatch.length}`),
    ...dispatchTable(dispatch, surroundings.columns()),
    "",
    paint("bold", `Held back: ${waiting.length}`),
    ...waiting.flatMap(({ issue, reasons }) => [
      `  ${plainText(issue.identifier)}  ${paint("dim", plainText(issue.state))}`,
      ...reasons.map(({ text }) => `    ${plainText(text)}`),
    ]),
  ];
  if (over.length > 0) lines.push("", `Over: ${over.length}`);
  for (const { where, message, remedy } of view.trackerProblems) {
    const advice = remedy === null ? "" : ` → ${remedy}`;
    lines.push(paint("yellow", `! ${plainText(`${where}: ${message}${advice}`)}`));
  }
  return lines;
}

function isOver({ reasons }: Explanation): boolean {
  return reasons.some(({ code }) => code === "state-terminal");
}

/** Priorities are 1-based, and people write the highest as P0. */
function dispatchTable(dispatch: readonly IssueSummary[], columns: number): readonly string[] {
  if (dispatch.length === 0) return [];
  const rows = dispatch.map(({ identifier, title, state, priority }, at) => [
    String(at + 1),
    identifier,
    state,
    priority === null ? "" : `P${priority - 1}`,
    title,
  ]);
  const titles = ["#", "ISSUE", "STATE", "PRIORITY", "TITLE"];
  const described = titles.map((title) => ({ title, flexible: title === "TITLE" }));
  return renderTable(described, rows, columns).map((line) => `  ${line}`);
}
