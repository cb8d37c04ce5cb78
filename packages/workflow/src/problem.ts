import type { WorkflowErrorCode, WorkflowProblem } from "@signalbox/contracts";
import { SignalboxError } from "@signalbox/contracts";

/** A place in a file; both 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Errors that leave nothing to check: they keep their own code when thrown. */
const fatalCodes: readonly WorkflowErrorCode[] = [
  "workflow_parse_error",
  "workflow_front_matter_not_a_map",
  "workflow_unterminated_front_matter",
];

/** `file:line:column: message` with the remedy, for people. */
export function formatProblem(problem: WorkflowProblem): string {
  const place =
    problem.line === null ? problem.path : `${problem.path}:${problem.line}:${problem.column ?? 1}`;
  return `${place}: ${problem.message} ${problem.remedy}`;
}

/** One error for all problems of severity `error`. */
export function problemsToError(problems: readonly WorkflowProblem[]): SignalboxError {
  const errors = problems.filter((problem) => problem.severity === "error");
  const [first] = errors;
  const code = fatalCodes.find((fatal) => fatal === first?.code) ?? "workflow_invalid";
  return new SignalboxError(code, errors.map(formatProblem).join("\n"), {
    remedy: first === undefined || errors.length > 1 ? "Correct each of them." : first.remedy,
  });
}
