import { describe, expect, it } from "vitest";
import { issue, observed, play, start } from "./__fixtures__/play.ts";
import { waitingOf } from "./waiting-of.ts";

describe("what waits", () => {
  it("R-437 counts each reason of the issues that nobody works on, and of no others", () => {
    const blockedBy = [{ id: "id-one", identifier: "one", state: null, stateKind: null }];
    const { state } = play(
      observed(
        issue("one"),
        issue("two"),
        issue("three"),
        issue("four", { blockedBy }),
        issue("over", { state: "done" }),
        issue("later", { state: "backlog" }),
      ),
    );
    expect(waitingOf(state, start)).toEqual({
      issues: 2,
      reasons: [
        { code: "no-slot", issues: 2 },
        { code: "blocked", issues: 1 },
      ],
      unseen: 0,
    });
  });

  it("is bounded, and says what was left out", () => {
    const many = Array.from({ length: 5_010 }, (_, at) => issue(`i-${at}`));
    const waiting = waitingOf(play(observed(...many)).state, start);
    expect(waiting.unseen).toBe(10);
    expect(waiting.issues).toBe(4_998);
  });
});
