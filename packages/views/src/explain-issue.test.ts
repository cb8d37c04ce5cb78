import { describe, expect, it } from "vitest";
import { confirmed, issue, observed, play, start } from "./__fixtures__/play.ts";
import { explainIssue } from "./explain-issue.ts";
import { findIssue } from "./find-issue.ts";

const blocked = issue("blocked", {
  blockedBy: [{ id: "id-one", identifier: "one", state: "planned", stateKind: null }],
});
const one = issue("one", { priority: 1 });
const { state } = play(observed(one, blocked), confirmed("run-1", one, start));

describe("explaining an issue", () => {
  it("R-616 gives each reason and what would release it", () => {
    const match = findIssue(state, "blocked");
    if (match.kind !== "found") throw new Error("the fixture has it");
    expect(explainIssue(state, match.issue, start)).toEqual({
      issue: match.issue,
      reasons: [
        {
          code: "blocked",
          text: 'It is blocked by one, which is in state "planned".',
          release: "one reaching a terminal state.",
        },
      ],
    });
  });

  it("R-619 without a daemon, that is a reason, and a run is not called alive", () => {
    const match = findIssue(state, "one");
    if (match.kind !== "found") throw new Error("the fixture has it");
    const { reasons } = explainIssue(state, match.issue, start, [{ code: "daemon-not-running" }]);
    expect(reasons.map(({ code, text }) => `${code}: ${text}`)).toEqual([
      "daemon-not-running: No daemon is running for this workflow file.",
      "running: Its run run-1 was under way when the last daemon ended.",
    ]);
  });
});
