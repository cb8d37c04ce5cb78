import type { PromptSource, WorkflowProblem } from "@signalbox/contracts";
import { PromptRenderer } from "./prompt-renderer.ts";
import { TemplateError } from "./template-error.ts";

/**
 * What is wrong with the prompt of a workflow file, before any run needs it: another dialect, bad Liquid, an unknown
 * filter, or a variable that does not exist in any branch of the template. `null` where nothing is.
 */
export function checkTemplate(source: PromptSource): WorkflowProblem | null {
  try {
    new PromptRenderer(source).check();
    return null;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const { code, path, line, column, finding, remedy } = error;
    return {
      severity: "error",
      code,
      message: `${finding}.`,
      remedy: remedy ?? "",
      path,
      line,
      column,
      key: null,
    };
  }
}
