import type { Permissions } from "./claude-code-options.ts";
import { toolServer } from "./program-arguments.ts";
import type { ControlRequest } from "./stream-message.ts";

export type PermissionDecision =
  | { readonly kind: "allow" }
  | { readonly kind: "deny"; readonly message: string }
  /** Nobody but a person can answer. */
  | { readonly kind: "ask"; readonly question: string };

/** They change files. Inside the workspace Claude Code allows them by itself in `acceptEdits`. */
const editTools = new Set(["Edit", "MultiEdit", "NotebookEdit", "Write"]);

/** Whether the agent may do what it asks for. Only what Claude Code does not decide by itself comes here. */
export function decidePermission(
  permissions: Permissions,
  { tool_name: tool, input }: ControlRequest["request"],
): PermissionDecision {
  if (tool === "AskUserQuestion") return { kind: "ask", question: questionOf(input) };
  if (tool.startsWith(`mcp__${toolServer}__`)) return { kind: "allow" };
  switch (permissions) {
    case "read-only":
      return deny(`${tool} is not allowed: this run may only read.`);
    case "plan":
      return deny(
        tool === "ExitPlanMode"
          ? "The plan has been noted. Nobody carries it out now: say it once more in short, and end."
          : `${tool} is not allowed: this run may only read and plan.`,
      );
    case "accept-edits":
      return editTools.has(tool)
        ? deny("This file may not be changed: it is protected, or outside of the workspace.")
        : { kind: "allow" };
    case "full":
      return { kind: "allow" };
  }
}

function deny(message: string): PermissionDecision {
  return { kind: "deny", message };
}

function questionOf(input: unknown): string {
  const questions = listOf(propertyOf(input, "questions")).flatMap((question) => {
    const text = propertyOf(question, "question");
    if (typeof text !== "string" || text.trim() === "") return [];
    const labels = listOf(propertyOf(question, "options"))
      .map((option) => propertyOf(option, "label"))
      .filter((label) => typeof label === "string");
    return [labels.length === 0 ? text : `${text} (${labels.join(" / ")})`];
  });
  return questions.length === 0 ? "The agent asks for a person." : questions.join("\n");
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
