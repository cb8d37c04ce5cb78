import { SignalboxError } from "@signalbox/contracts";
import type { TrackerTool } from "@signalbox/contracts";
import * as v from "valibot";
import type { AgentSessions } from "./agent-sessions.ts";

const statuses = ["pending", "inProgress", "completed", "canceled"] as const;
const mostSteps = 50;
const longestStep = 500;

const inputSchema = v.strictObject({
  steps: v.pipe(
    v.array(
      v.strictObject({
        content: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(longestStep)),
        status: v.picklist(statuses),
      }),
    ),
    v.maxLength(mostSteps),
  ),
});

/** Lets an agent show its plan as a checklist in the issue's agent session. */
export function planTool(sessions: AgentSessions): TrackerTool {
  return {
    name: "linear_update_plan",
    description:
      "Shows your plan for this issue to people in Linear, as a checklist. Each call replaces the whole list.",
    inputSchema: {
      type: "object",
      required: ["steps"],
      additionalProperties: false,
      properties: {
        steps: {
          type: "array",
          maxItems: mostSteps,
          items: {
            type: "object",
            required: ["content", "status"],
            additionalProperties: false,
            properties: {
              content: { type: "string", minLength: 1, maxLength: longestStep },
              status: { type: "string", enum: [...statuses] },
            },
          },
        },
      },
    },
    async call({ issueId, input }, signal) {
      const given = v.safeParse(inputSchema, input);
      if (!given.success) {
        const [issue] = given.issues;
        const message = `${v.getDotPath(issue) ?? "input"}: ${issue.message}`;
        return { kind: "failed", code: "bad-arguments", message, retryable: false };
      }
      try {
        await sessions.setPlan(issueId, given.output.steps, signal);
        return { kind: "ok", output: { steps: given.output.steps.length } };
      } catch (error) {
        if (signal.aborted || !SignalboxError.isInstance(error)) throw error;
        const { code, message, retryable } = error;
        return { kind: "failed", code, message, retryable };
      }
    },
  };
}
