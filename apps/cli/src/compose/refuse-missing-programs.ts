import { existsSync } from "node:fs";
import type { Logger, WorkflowConfig, WorkflowProblem } from "@signalbox/contracts";
import { formatProblem, problemsToError, validateWorkflow, type Locate } from "@signalbox/workflow";
import { findMissingPrograms, type MissingProgram } from "./find-missing-programs.ts";

/** A program that no run could start is refused before it costs each issue its runs; a doubtful one is logged. */
export async function refuseMissingPrograms(
  config: WorkflowConfig,
  environment: Readonly<Record<string, string | undefined>>,
  logger: Logger | null,
): Promise<void> {
  const missing = await findMissingPrograms(config, environment);
  if (missing.length === 0) return;
  const { path } = config.source;
  const locate = existsSync(path) ? validateWorkflow(path, { environment }).locate : () => null;
  const problems = missing.map((found) => missingProgramProblem(found, path, locate));
  if (problems.some(({ severity }) => severity === "error")) throw problemsToError(problems);
  for (const problem of problems) logger?.log("warn", formatProblem(problem));
}

export function missingProgramProblem(
  { key, severity, message, remedy }: MissingProgram,
  path: string,
  locate: Locate,
): WorkflowProblem {
  const place = locate(key);
  return {
    severity,
    code: "program_missing",
    message,
    remedy,
    path,
    line: place?.line ?? null,
    column: place?.column ?? null,
    key: key.join("."),
  };
}
