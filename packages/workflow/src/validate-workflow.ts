import type { WorkflowConfig, WorkflowProblem } from "@signalbox/contracts";
import { inspectWorkflow } from "./inspect-workflow.ts";
import type { Locate, WorkflowOptions } from "./inspect-workflow.ts";
import { resolveWorkflowPath } from "./locate-file.ts";
import { problemsToError } from "./problem.ts";
import { realPathOf } from "./read-text.ts";
import { stateFolder } from "./state-folder.ts";

/** What a check of a workflow file found. */
export interface WorkflowValidation {
  /** `null` where one of the problems is an error. */
  readonly config: WorkflowConfig | null;
  /** The same, also where secrets that are not set are the only errors: to look at, and not to run. */
  readonly draft: WorkflowConfig | null;
  /** In the order in which they were found: errors, and warnings such as unknown keys. */
  readonly problems: readonly WorkflowProblem[];
  /** Finds the place of a key, for problems that others find in the options of their adapters. */
  readonly locate: Locate;
}

/**
 * Finds every problem of a workflow file at once. Whatever the file holds, it does not throw; a file that is missing
 * or cannot be read is a `SignalboxError` (`missing_workflow_file`, `workflow_read_error`). `path` as in
 * `loadWorkflowConfig`.
 */
export function validateWorkflow(path?: string, options: WorkflowOptions = {}): WorkflowValidation {
  const { config, draft, problems, locate } = inspectWorkflow(path, options);
  return { config, draft, problems, locate };
}

/**
 * Reads a workflow file, with every default filled in and every path absolute. Without `path`, it is `WORKFLOW.md`
 * or else `workflow.yaml` in the current folder.
 *
 * Throws a `SignalboxError` with a `WorkflowErrorCode`; its message lists every error with file, line, column, key and
 * remedy. Warnings are left to `validateWorkflow`.
 */
export function loadWorkflowConfig(path?: string, options: WorkflowOptions = {}): WorkflowConfig {
  const { config, problems } = inspectWorkflow(path, options);
  if (config === null) throw problemsToError(problems);
  return config;
}

/**
 * The file's real path and the folder of its daemon's state. Both follow from the path and the environment alone, so
 * that they are known of a file with errors too. Throws `missing_workflow_file` or `workflow_read_error`.
 */
export function locateState(
  path?: string,
  options: WorkflowOptions = {},
): { readonly path: string; readonly stateDir: string } {
  const { cwd = process.cwd(), environment = process.env, stateDir } = options;
  const realPath = realPathOf(resolveWorkflowPath(path, cwd));
  return { path: realPath, stateDir: stateFolder(realPath, { cwd, environment, stateDir }) };
}
