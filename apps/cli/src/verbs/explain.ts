import { SignalboxError, type TrackerProblem } from "@signalbox/contracts";
import type { IssueSummary } from "@signalbox/core";
import { explainIssue, formatInstant, type Explanation } from "@signalbox/views";
import { loadWorkflowConfig, type WorkflowOptions } from "@signalbox/workflow";
import { askDaemon } from "../observe/ask-daemon.ts";
import { issueNamed } from "../observe/issue-named.ts";
import { lookAt } from "../observe/look-at.ts";
import { lookBack } from "../observe/look-back.ts";
import { look, outsideReasons, type View } from "../observe/look.ts";
import { parseMoment } from "../observe/moment.ts";
import { unsetVariables } from "../observe/unset-variables.ts";
import { withTracker } from "../observe/with-tracker.ts";
import type { Surroundings } from "../surroundings.ts";
import { failureLines, failureOf } from "../terminal/failure.ts";
import { plainText } from "../terminal/plain-text.ts";

export interface ExplainOptions {
  readonly issue: string;
  readonly file?: string | undefined;
  readonly stateDir?: string;
  /** A time in the past, as a person writes it. Default: now. */
  readonly at?: string;
  readonly json: boolean;
}

/** Prints why an issue is not running, or was not at a time in the past, and what would release it. */
export async function explain(options: ExplainOptions, surroundings: Surroundings): Promise<void> {
  const { cwd, environment, out } = surroundings;
  const { stateDir } = options;
  const place = { cwd, environment, ...(stateDir === undefined ? {} : { stateDir }) };
  const now = Date.now();
  const past = options.at === undefined ? null : parseMoment(options.at, now);
  const { view, fileError } =
    past === null
      ? await viewOf(options.file, place, now, surroundings)
      : { view: await lookAt(options.file, place, past), fileError: null };
  const issue = issueIn(view, options.issue);
  const outside = past === null ? outsideReasons(view) : [];
  // A living daemon reads the tracker by itself: what this command lacks for it holds nothing back.
  const aside = view.daemon === null ? null : view.trackerError;
  const fromDaemon =
    past === null && view.daemon !== null ? await askDaemon(options.file, place, view.daemon) : [];
  const found = explainIssue(view.state, issue, past ?? now, outside);
  const explanation = { ...found, reasons: [...fromDaemon, ...found.reasons] };
  if (options.json) {
    const workflowError = fileError && failureOf(fileError);
    const trackerError = view.trackerError && failureOf(view.trackerError);
    const errors = { workflow_error: workflowError, tracker_error: trackerError };
    out.line(JSON.stringify({ ...jsonOf(explanation, view), at: past ?? now, ...errors }));
    return;
  }
  if (past !== null) out.line(`As the journal had it at ${formatInstant(past)}:`);
  for (const line of linesOf(explanation, view, surroundings)) out.line(line);
  for (const line of noteLines(fileError, "The workflow file has errors now")) out.line(line);
  for (const line of noteLines(aside, "The tracker was not asked")) out.line(line);
}

/**
 * The journal answers alone for a file that has errors now, beside a daemon that goes on with its last good one, and
 * where the tracker cannot be opened from here, since the daemon's token is not there.
 */
async function viewOf(
  file: string | undefined,
  place: WorkflowOptions,
  at: number,
  surroundings: Surroundings,
): Promise<{ readonly view: View; readonly fileError: SignalboxError | null }> {
  try {
    const unset = await unsetVariables(file, place, surroundings);
    if (unset !== null) throw unset;
    const config = loadWorkflowConfig(file, place);
    const view = await withTracker(config, surroundings, (tracker) => look(config, tracker, at));
    return { view, fileError: null };
  } catch (error) {
    if (!SignalboxError.isInstance(error)) throw error;
    const isOfTracker = error.code.startsWith("tracker_");
    if (!isOfTracker && !isOfFile(error)) throw error;
    const view = await lookBack(file, place);
    if (view === null) throw error;
    return isOfTracker
      ? { view: { ...view, trackerError: error }, fileError: null }
      : { view, fileError: error };
  }
}

function isOfFile({ code }: SignalboxError): boolean {
  return code.startsWith("workflow_") || code === "plugin_not_found" || code === "plugin_options";
}

function noteLines(error: SignalboxError | null, what: string): readonly string[] {
  if (error === null) return [];
  const [, ...lines] = failureLines(failureOf(error));
  const [first = ""] = error.message.split("\n", 1);
  return ["", `! ${what}; this is what the journal knows:`, `  ${plainText(first)}`, ...lines];
}

function issueIn({ state, trackerError, trackerProblems }: View, text: string): IssueSummary {
  try {
    return issueNamed(text, state);
  } catch (error) {
    // What could not be read may list it.
    if (trackerError !== null) throw trackerError;
    const [problem, ...others] = trackerProblems.filter(({ message }) => isAbout(message, text));
    const isUnknown = SignalboxError.isInstance(error) && error.code === "issue_unknown";
    throw isUnknown && problem !== undefined ? unlisted(text, problem, others) : error;
  }
}

/** Whether a problem quotes the title that a person means, or that the identifier they gave is made of. */
function isAbout(message: string, text: string): boolean {
  const wanted = plainWords(text);
  const quoted = [...message.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => plainWords(title));
  return wanted !== "" && quoted.some((title) => title.startsWith(wanted));
}

function plainWords(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");
}

function unlisted(
  text: string,
  problem: TrackerProblem,
  others: readonly TrackerProblem[],
): SignalboxError {
  const lines = others.map(({ where, message }) => `${where}: ${message}`);
  return new SignalboxError(
    "issue_unknown",
    [
      `no issue "${text}", for the tracker cannot list it:`,
      `${problem.where}: ${problem.message}`,
      ...lines,
    ].join("\n"),
    problem.remedy === null ? {} : { remedy: problem.remedy },
  );
}

function jsonOf({ issue, reasons }: Explanation, view: View): object {
  return {
    issue: {
      id: issue.id,
      identifier: issue.identifier,
      title: issue.title,
      state: issue.state,
      priority: issue.priority,
      labels: issue.labels,
    },
    daemon: view.daemon,
    reasons,
    tracker_problems: view.trackerProblems,
  };
}

function linesOf(
  { issue, reasons }: Explanation,
  view: View,
  { paint }: Surroundings,
): readonly string[] {
  const heading = `${paint("bold", plainText(issue.identifier))}  ${plainText(issue.title)}`;
  const state = paint("dim", `state "${plainText(issue.state)}"`);
  if (reasons.length === 0) {
    return [heading, state, "", paint("green", "Nothing holds it back: the next look starts it.")];
  }
  return [
    heading,
    state,
    "",
    ...reasons.flatMap(({ code, text, release }) => [
      `${paint("yellow", "•")} ${plainText(text)} ${paint("dim", `[${code}]`)}`,
      `  Released by: ${plainText(release)}`,
    ]),
    ...view.trackerProblems.map(
      (problem) => `! ${plainText(`${problem.where}: ${problem.message}`)}`,
    ),
  ];
}
