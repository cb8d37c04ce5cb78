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
  return `${placed(problem)} ${problem.remedy}`;
}

function placed({ path, line, column, message }: WorkflowProblem): string {
  return `${line === null ? path : `${path}:${line}:${column ?? 1}`}: ${message}`;
}

/** One error for all problems of severity `error`; its `remedy` is that of the problem where there is only one. */
export function problemsToError(problems: readonly WorkflowProblem[]): SignalboxError {
  const errors = problems.filter((problem) => problem.severity === "error");
  const [first] = errors;
  const code = fatalCodes.find((fatal) => fatal === first?.code) ?? "workflow_invalid";
  if (first !== undefined && errors.length === 1) {
    return new SignalboxError(code, placed(first), { remedy: first.remedy });
  }
  return new SignalboxError(code, errors.map(formatProblem).join("\n"), {
    remedy: "Correct each of them.",
  });
}
