import { normalizeState } from "@signalbox/core";
import * as v from "valibot";
import { failed, hostTool, ok, type HostTool } from "./host-tool.ts";

export const proposeTransition: HostTool = hostTool({
  name: "propose_transition",
  description:
    "Moves the issue that you work on to another state, where the workflow lets agents do so and nobody has moved it meanwhile.",
  input: v.strictObject({
    to: v.pipe(v.string(), v.nonEmpty("must not be empty"), v.description("Name of the state.")),
  }),
  perform: async ({ to: wanted }, call) => {
    const { clock, issueId, key, post, signal, tracker, transitions } = call;
    const to = transitions.find((name) => normalizeState(name) === normalizeState(wanted));
    if (to === undefined) {
      const allowed = transitions.join(", ");
      return failed("not-allowed", `Agents may move an issue to: ${allowed}. Nowhere else.`);
    }
    const from = call.state().issues.get(issueId)?.state ?? null;
    const result = await tracker.transition?.(issueId, { from, to, key }, signal);
    if (result === undefined) return failed("unknown-tool", "This tracker moves no issues.");
    if (result.kind === "rejected") return failed("rejected", result.reason);
    // The same call, asked again by another daemon, finds its own work.
    if (normalizeState(result.issue.state) !== normalizeState(to)) {
      return failed("conflict", `The issue is in "${result.issue.state}": somebody has moved it.`);
    }
    const confirmed = { kind: "confirmed", issue: result.issue } as const;
    post({ type: "transition-ended", at: clock.now(), issueId, key, result: confirmed });
    return ok({ state: result.issue.state });
  },
});
