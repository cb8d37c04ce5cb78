import type { WorkflowProblem } from "@signalbox/contracts";
import { resolveWorkflowPath, validateWorkflow } from "@signalbox/workflow";
import { checkMeaning } from "../observe/check-meaning.ts";
import type { Surroundings } from "../surroundings.ts";
import { plainText } from "../terminal/plain-text.ts";

export interface ValidateOptions {
  readonly file?: string | undefined;
  readonly json: boolean;
}

/** Prints every problem of a workflow file. `1` where one of them is an error. */
export async function validate(
  options: ValidateOptions,
  surroundings: Surroundings,
): Promise<0 | 1> {
  const { cwd, environment, out } = surroundings;
  const path = resolveWorkflowPath(options.file, cwd);
  const { draft, problems: own, locate } = validateWorkflow(options.file, { cwd, environment });
  const further = draft === null ? [] : await checkMeaning(draft, locate, surroundings);
  const problems = [...own, ...further.filter((problem) => !isKnown(problem, own))];
  const isValid = problems.every((problem) => problem.severity !== "error");
  if (options.json) out.line(JSON.stringify({ path, valid: isValid, problems }));
  else for (const line of linesOf(path, problems, surroundings)) out.line(line);
  return isValid ? 0 : 1;
}

/** A secret that is not set is missed by the adapter too, whose options it belongs to. */
function isKnown(problem: WorkflowProblem, known: readonly WorkflowProblem[]): boolean {
  return known.some(
    ({ code, line, column }) =>
      code === "missing_secret" && line === problem.line && column === problem.column,
  );
}

function linesOf(
  path: string,
  problems: readonly WorkflowProblem[],
  { paint }: Surroundings,
): readonly string[] {
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const warnings = problems.length - errors;
  const verdict =
    errors === 0
      ? paint("green", `${plainText(path)} is valid${counted(warnings, "warning")}`)
      : paint(
          "red",
          `${plainText(path)} is not valid${counted(errors, "error")}${counted(warnings, "warning")}`,
        );
  return [...problems.flatMap((problem) => problemLines(problem, paint)), verdict];
}

function problemLines(
  { severity, path, line, column, message, remedy, code }: WorkflowProblem,
  paint: Surroundings["paint"],
): readonly string[] {
  const place = [path, line, line === null ? null : column]
    .filter((part) => part !== null)
    .join(":");
  const tone = severity === "error" ? "red" : "yellow";
  return [
    `${plainText(place)}: ${paint(tone, severity)}: ${plainText(message)} ${paint("dim", `[${code}]`)}`,
    `  → ${plainText(remedy)}`,
  ];
}

function counted(count: number, noun: string): string {
  return count === 0 ? "" : `, ${count} ${noun}${count === 1 ? "" : "s"}`;
}
