import type { ClaudeSettings } from "../claude-options.ts";
import type { ToolAction } from "./tool.ts";

type Policy = Pick<ClaudeSettings, "permissions" | "allowCommands" | "denyCommands" | "denyTools">;

/** Why the policy does not let a tool do this, in words for the model; `null`: it does. */
export function refusalOf(tool: string, action: ToolAction, policy: Policy): string | null {
  if (policy.denyTools.includes(tool)) return `The tool ${tool} is not allowed here.`;
  switch (action.kind) {
    case "look":
    case "host":
      return null;
    case "edit":
    case "commit":
      return policy.permissions === "read-only" ? "Nothing may be changed here." : null;
    case "run":
      return refusalToRun(action.command, policy);
  }
}

function refusalToRun(command: string, policy: Policy): string | null {
  const denied = policy.denyCommands.find((text) => command.includes(text));
  if (denied !== undefined) return `Commands with "${denied}" are not allowed here.`;
  if (policy.permissions === "full") return null;
  if (policy.permissions === "read-only") return "No commands may be run here.";
  if (policy.allowCommands.includes(command.trim())) return null;
  return policy.allowCommands.length === 0
    ? "No commands may be run here."
    : `Only these commands may be run here: ${policy.allowCommands.join(" · ")}`;
}

/** What a refused action was, for people. */
export function describeAction(tool: string, action: ToolAction): string {
  switch (action.kind) {
    case "run":
      return `run: ${action.command}`;
    case "edit":
      return `change ${action.path}`;
    case "commit":
      return "commit";
    case "look":
    case "host":
      return `use ${tool}`;
  }
}
