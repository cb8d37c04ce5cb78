import type { PromptErrorCode, PromptSource } from "@signalbox/contracts";
import { nearestName, SignalboxError } from "@signalbox/contracts";
import { LiquidError } from "liquidjs";
import { promptVariableNames } from "./prompt-variables.ts";

/** `file:line:column` of a 1-based place in the template. */
export function placeOf(source: PromptSource, row: number, column: number): string {
  return `${source.path}:${source.line + row - 1}:${column + (source.indent ?? 0)}`;
}

/** What Liquid found, said with its place in the workflow file. */
export function toTemplateError(
  error: unknown,
  code: PromptErrorCode,
  source: PromptSource,
  filters: Iterable<string>,
): SignalboxError {
  if (!LiquidError.is(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return new SignalboxError(code, `${source.path}: the prompt failed: ${message}`, {
      cause: error,
    });
  }
  const [row, column] = positionIn(error);
  const message = error.message.replace(/(?:, file:[^,]*)?, line:\d+, col:\d+$/, "");
  const [, kind, name] = /^undefined (variable|filter): (.+)$/.exec(message) ?? [];
  if (kind === "variable" && name !== undefined) return unknownVariable(name, source, row, column);
  const near = kind === "filter" && name !== undefined ? nearestName(name, filters) : null;
  return new SignalboxError(code, `${placeOf(source, row, column)}: ${message}`, {
    remedy: near === null ? "Correct the template here." : `Did you mean ${near}?`,
    cause: error,
  });
}

export function unknownVariable(
  name: string,
  source: PromptSource,
  row: number,
  column: number,
): SignalboxError {
  const near = nearestVariable(name);
  return new SignalboxError(
    "template_render_error",
    `${placeOf(source, row, column)}: there is no variable ${name}`,
    {
      remedy:
        near === null ? `Use one of ${promptVariableNames.join(", ")}.` : `Did you mean ${near}?`,
    },
  );
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

function positionIn(error: LiquidError): readonly [row: number, column: number] {
  const [row = 1, column = 1] = error.token.getPosition();
  return [row, column];
}
