import type { AgentTools, SessionOrder } from "@signalbox/contracts";
import type { Permissions, ResolvedOptions } from "./claude-code-options.ts";

/** The run's own tools, as Claude Code names their server. */
export const toolServer = "signalbox";

/** What Claude Code calls the way it asks. The program must say the same when it begins. */
export const permissionModes: Readonly<Record<Permissions, string>> = {
  "read-only": "default",
  plan: "plan",
  "accept-edits": "acceptEdits",
  full: "acceptEdits",
};

/** A conversation in lines of JSON on standard input and output, in which every permission is asked for, too. */
const streaming =
  "-p --verbose --input-format stream-json --output-format stream-json --permission-prompt-tool stdio".split(
    " ",
  );

/** They outlive a turn, or move the agent out of its workspace. */
const neverTools = [
  "CronCreate",
  "CronDelete",
  "CronList",
  "EnterWorktree",
  "ExitWorktree",
  "Monitor",
  "ScheduleWakeup",
];
const editTools = ["Edit", "NotebookEdit", "Write"];

export interface Conversation {
  readonly sessionId: string;
  /** Whether Claude Code knows the session already. */
  readonly isResumed: boolean;
}

/** The arguments that begin a conversation, or go on with it. */
export function programArguments(
  options: ResolvedOptions,
  conversation: Conversation,
  { tools: { mcp }, limits: { budget } }: Pick<SessionOrder, "tools" | "limits">,
): string[] {
  const { permissions, settingSources, model } = options;
  const allowed = [...(mcp === null ? [] : [`mcp__${toolServer}`]), ...options.allowedTools];
  const denied = [
    ...neverTools,
    ...(permissions === "read-only" ? editTools : []),
    ...options.deniedTools,
  ];
  const settings = ["--setting-sources", settingSources.join(",")];
  if (!settingSources.includes("project")) settings.push("--strict-mcp-config");
  if (mcp !== null) settings.push("--mcp-config", mcpConfig(mcp));
  if (model !== null) settings.push("--model", model);
  if (typeof budget?.usd === "number") settings.push("--max-budget-usd", String(budget.usd));
  if (allowed.length > 0) settings.push("--allowedTools", ...allowed);
  return [
    ...streaming,
    "--permission-mode",
    permissionModes[permissions],
    ...settings,
    "--disallowedTools",
    ...denied,
    conversation.isResumed ? "--resume" : "--session-id",
    conversation.sessionId,
    ...options.arguments,
  ];
}

function mcpConfig({ command, args }: NonNullable<AgentTools["mcp"]>): string {
  // Without it, the model has to search for them first.
  const server = { type: "stdio", command, args, alwaysLoad: true };
  return JSON.stringify({ mcpServers: { [toolServer]: server } });
}
