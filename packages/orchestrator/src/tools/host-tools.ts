import type { Tracker, TrackerConfig, TrackerTool } from "@signalbox/contracts";
import { attachLink } from "./attach-link.ts";
import type { HostTool } from "./host-tool.ts";
import { proposeTransition } from "./propose-transition.ts";
import { readComments } from "./read-comments.ts";
import { readIssue } from "./read-issue.ts";
import { writeComment } from "./write-comment.ts";

export interface ToolPolicy {
  readonly writes: TrackerConfig["writes"];
  readonly transitions: readonly string[];
}

/**
 * What agents may ask for: what the tracker can do, and the workflow allows. With `writes: off` they read, with
 * `comment` they comment, with `full` they have the tracker's own tools, too.
 */
export function hostTools(tracker: Tracker, { writes, transitions }: ToolPolicy): HostTool[] {
  const tools: HostTool[] = [readIssue];
  if (tracker.fetchComments !== undefined) tools.push(readComments);
  if (writes !== "off" && tracker.ensureComment !== undefined) tools.push(writeComment);
  if (writes !== "full") return tools;
  if (tracker.transition !== undefined && transitions.length > 0) tools.push(proposeTransition);
  if (tracker.attachLink !== undefined) tools.push(attachLink);
  const taken = new Set([...tools.map(({ name }) => name), "ask_human"]);
  const own = (tracker.agentTools?.() ?? []).filter(({ name }) => !taken.has(name));
  return [...tools, ...own.map((tool) => fromTracker(tool))];
}

function fromTracker(tool: TrackerTool): HostTool {
  const { name, description, inputSchema } = tool;
  return {
    name,
    description,
    inputSchema,
    perform: (input, { issueId, key, signal }) => tool.call({ issueId, input, key }, signal),
  };
}
