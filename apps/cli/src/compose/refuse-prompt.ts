import { SignalboxError, type WorkflowConfig } from "@signalbox/contracts";
import { checkTemplate } from "@signalbox/prompts";

/** A prompt that no issue could be rendered with is refused before it costs a run. */
export function refusePrompt(config: WorkflowConfig): void {
  const problem = checkTemplate(config.prompt);
  if (problem === null) return;
  const { path, line, column, message, remedy } = problem;
  throw new SignalboxError("workflow_invalid", `${path}:${line}:${column}: ${message}`, { remedy });
}
