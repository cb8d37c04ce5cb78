import type { PromptErrorCode, PromptSource } from "@signalbox/contracts";
import { nearestName } from "@signalbox/contracts";
import { LiquidError } from "liquidjs";
import { promptVariableNames } from "./prompt-variables.ts";
import type { TemplatePlace } from "./template-error.ts";
import { TemplateError } from "./template-error.ts";

/** What Liquid found, said with its place in the workflow file. */
export function describeLiquidError(
  error: unknown,
  code: PromptErrorCode,
  source: PromptSource,
  filters: Iterable<string>,
): TemplateError {
  if (!LiquidError.is(error)) {
    const finding = `the prompt failed: ${error instanceof Error ? error.message : String(error)}`;
    return new TemplateError(code, source, null, {
      finding,
      remedy: "Simplify the template.",
      cause: error,
    });
  }
  const place = placeOf(error);
  const message = error.message.replace(/(?:, file:[^,]*)?, line:\d+, col:\d+$/, "");
  const [, kind, name] = /^undefined (variable|filter): (.+)$/.exec(message) ?? [];
  if (kind === "variable" && name !== undefined) return unknownVariable(name, source, place);
  const near = kind === "filter" && name !== undefined ? nearestName(name, filters) : null;
  return new TemplateError(code, source, place, {
    finding: message,
    remedy: near === null ? "Correct the template here." : `Did you mean ${near}?`,
    cause: error,
  });
}

/** Names the variable that was probably meant. */
export function unknownVariable(
  name: string,
  source: PromptSource,
  place: TemplatePlace,
): TemplateError {
  const near = nearestVariable(name);
  return new TemplateError("template_render_error", source, place, {
    finding: `there is no variable ${name}`,
    remedy:
      near === null ? `Use one of ${promptVariableNames.join(", ")}.` : `Did you mean ${near}?`,
  });
}

/** By the whole name, else by its last part: `title` means `issue.title`. */
function nearestVariable(name: string): string | null {
  const whole = nearestName(name, promptVariableNames);
  if (whole !== null) return whole;
  const near = nearestName(lastPart(name), promptVariableNames.map(lastPart));
  return promptVariableNames.find((variable) => lastPart(variable) === near) ?? null;
}

function lastPart(dotted: string): string {
  return dotted.slice(dotted.lastIndexOf(".") + 1);
}

function placeOf(error: LiquidError): TemplatePlace {
  const [row = 1, column = 1] = error.token.getPosition();
  return { row, column };
}
