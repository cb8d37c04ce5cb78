import { join } from "node:path";
import type { JsonObject, WorkflowConfig, WorkflowProblem } from "@signalbox/contracts";
import type { WorkflowValidation } from "../validate-workflow.ts";
import { validateWorkflow } from "../validate-workflow.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Validates a `workflow.yaml` with this content. */
export function check(document: JsonObject | string, variables: Record<string, string> = {}): WorkflowValidation {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  const path = join(temporaryFolder({ "workflow.yaml": text }), "workflow.yaml");
  return validateWorkflow(path, { environment: { HOME: "/home/somebody", ...variables } });
}

/** Its configuration; throws where it has errors. */
export function load(document: JsonObject | string, variables: Record<string, string> = {}): WorkflowConfig {
  const { config, problems } = check(document, variables);
  if (config === null) throw new Error(problems.map(({ message }) => message).join("\n"));
  return config;
}

export function brief(problems: readonly WorkflowProblem[]): readonly string[] {
  return problems.map(({ severity, code, key }) => `${severity} ${code} ${key}`);
}
