import { describe, expect, it } from "vitest";
import type { Permissions } from "./claude-code-options.ts";
import { decidePermission } from "./permission-policy.ts";

function decide(permissions: Permissions, tool_name: string): string {
  const request = { subtype: "can_use_tool", tool_name, description: null, input: {} };
  return decidePermission(permissions, request).kind;
}

describe("R-508 the permission policy", () => {
  it.each<[Permissions, string, string]>([
    ["read-only", "Bash", "deny"],
    ["read-only", "Write", "deny"],
    ["read-only", "WebFetch", "deny"],
    ["plan", "Bash", "deny"],
    ["plan", "ExitPlanMode", "deny"],
    ["accept-edits", "Bash", "allow"],
    ["accept-edits", "WebFetch", "allow"],
    ["accept-edits", "Write", "deny"],
    ["accept-edits", "Edit", "deny"],
    ["full", "Write", "allow"],
    ["full", "Bash", "allow"],
  ])("%s: %s is %s", (permissions, tool, decision) => {
    expect(decide(permissions, tool)).toBe(decision);
  });

  it.each<Permissions>(["read-only", "plan", "accept-edits", "full"])(
    "R-510 R-520 %s: a question goes to a person, and the run's own tools are allowed",
    (permissions) => {
      expect(decide(permissions, "AskUserQuestion")).toBe("ask");
      expect(decide(permissions, "mcp__signalbox__comment")).toBe("allow");
    },
  );
});
