import type { AgentEvent } from "@signalbox/contracts";
import type { ResolvedOptions } from "./claude-code-options.ts";
import { permissionModes, toolServer } from "./program-arguments.ts";
import type { InitMessage } from "./stream-message.ts";

/** The version that all of this was tried with. */
export const testedVersion = "2.1.330";

/** Why the program must not go on with what it says it runs with; `null` where it may. */
export function initProblem(init: InitMessage, { permissions }: ResolvedOptions): string | null {
  const asked = permissionModes[permissions];
  return init.permissionMode === asked
    ? null
    : `Claude Code runs with permission mode ${init.permissionMode || "unknown"}, and ${asked} was asked for.`;
}

/** What the program says it runs with, for those who watch, and what is odd about it. */
export function initNotices(init: InitMessage, options: ResolvedOptions): AgentEvent[] {
  const { permissions, settingSources } = options;
  const sources = settingSources.length === 0 ? "none" : settingSources.join(", ");
  const notices: AgentEvent[] = [
    {
      type: "notice",
      level: "info",
      text: `Claude Code ${init.claude_code_version}, permissions ${permissions} (${init.permissionMode}), settings: ${sources}`,
    },
  ];
  const warn = (text: string): void => void notices.push({ type: "notice", level: "warn", text });
  if (init.claude_code_version !== testedVersion) {
    warn(`Claude Code ${init.claude_code_version} is in use; ${testedVersion} is what was tested.`);
  }
  for (const { name, status } of init.mcp_servers) {
    if (name === toolServer && status === "failed") {
      warn("The run's own tools cannot be reached: their MCP server did not start.");
    } else if (name !== toolServer && settingSources.length === 0) {
      warn(`The MCP server ${name} is in use (${status}), and no settings were to be read.`);
    }
  }
  return notices;
}
