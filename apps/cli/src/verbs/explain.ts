import { SignalboxError, type TrackerProblem } from "@signalbox/contracts";
import type { IssueSummary } from "@signalbox/core";
import { explainIssue, findIssue, type Explanation } from "@signalbox/views";
import { loadWorkflowConfig, type WorkflowOptions } from "@signalbox/workflow";
import { lookBack } from "../observe/look-back.ts";
import { look, outsideReasons, type View } from "../observe/look.ts";
import { withTracker } from "../observe/with-tracker.ts";
import type { Surroundings } from "../surroundings.ts";
import { failureLines, failureOf } from "../terminal/failure.ts";
import { plainText } from "../terminal/plain-text.ts";

export interface ExplainOptions {
  readonly issue: string;
  readonly file?: string | undefined;
  readonly stateDir?: string;
  readonly json: boolean;
}

/** Prints why an issue is not running, and what would release it. */
export async function explain(options: ExplainOptions, surroundings: Surroundings): Promise<void> {
  const { cwd, environment, out } = surroundings;
  const { stateDir } = options;
  const place = { cwd, environment, ...(stateDir === undefined ? {} : { stateDir }) };
  const at = Date.now();
  const { view, fileError } = await viewOf(options.file, place, at, surroundings);
  const issue = issueNamed(options.issue, view);
  const explanation = explainIssue(view.state, issue, at, outsideReasons(view));
  if (options.json) {
    const workflowError = fileError && failureOf(fileError);
    out.line(JSON.stringify({ ...jsonOf(explanation, view), workflow_error: workflowError }));
    return;
  }
  for (const line of linesOf(explanation, view, surroundings)) out.line(line);
  for (const line of fileError === null ? [] : noteLines(fileError)) out.line(line);
}

/** Beside a daemon that goes on with its last good file, the journal answers for a file that has errors now. */
async function viewOf(
  file: string | undefined,
  place: WorkflowOptions,
  at: number,
  surroundings: Surroundings,
): Promise<{ readonly view: View; readonly fileError: SignalboxError | null }> {
  try {
    const config = loadWorkflowConfig(file, place);
    const view = await withTracker(config, surroundings, (tracker) => look(config, tracker, at));
    return { view, fileError: null };
  } catch (error) {
    if (!SignalboxError.isInstance(error) || !isOfFile(error)) throw error;
    const view = await lookBack(file, place);
    if (view === null) throw error;
    return { view, fileError: error };
  }
}

function isOfFile({ code }: SignalboxError): boolean {
  return code.startsWith("workflow_") || code === "plugin_not_found" || code === "plugin_options";
}

function noteLines(error: SignalboxError): readonly string[] {
  const [, ...lines] = failureLines(failureOf(error));
  const [first = ""] = error.message.split("\n", 1);
  return [
    "",
    "! The workflow file has errors now; this is what the journal knows:",
    `  ${plainText(first)}`,
    ...lines,
  ];
}

function issueNamed(text: string, { state, trackerProblems }: View): IssueSummary {
  const match = findIssue(state, text);
  switch (match.kind) {
    case "found":
      return match.issue;
    case "ambiguous":
      throw new SignalboxError(
        "issue_ambiguous",
        [`"${text}" may mean several issues:`, ...match.candidates.map(named)].join("\n"),
        { remedy: "Give the identifier or the id in full." },
      );
    case "unknown": {
      const [problem, ...others] = trackerProblems.filter(({ message }) => isAbout(message, text));
      if (problem !== undefined) throw unlisted(text, problem, others);
      const unknown = `no issue "${text}" among the ${state.issues.size} that the tracker lists`;
      const similar =
        match.similar.length === 0 ? [] : ["Similar ones:", ...match.similar.map(named)];
      throw new SignalboxError("issue_unknown", [unknown, ...similar].join("\n"), {
        remedy: "`signalbox run --dry-run` prints them all.",
      });
    }
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

function named({ identifier, title }: IssueSummary): string {
  return `${identifier}  ${title}`;
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
