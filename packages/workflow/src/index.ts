export type { Locate, WorkflowOptions } from "./inspect-workflow.ts";
export { resolveWorkflowPath } from "./locate-file.ts";
export { formatProblem, problemsToError } from "./problem.ts";
export { loadWorkflowConfig, locateState, validateWorkflow } from "./validate-workflow.ts";
export type { WorkflowValidation } from "./validate-workflow.ts";
export { openWorkflow } from "./workflow-file-source.ts";
export type { OpenWorkflowOptions, WorkflowFileSource } from "./workflow-file-source.ts";
