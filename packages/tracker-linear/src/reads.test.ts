import { describe, expect, it } from "vitest";
import { LinearWorkspace } from "./__fixtures__/linear-workspace.ts";

describe("lists", () => {
  it("R-301 active states and scope are applied", async () => {
    await using linear = await LinearWorkspace.open();
    const {
      server: { store },
      team,
      signal,
    } = linear;
    const todo = store.addIssue(team, "Todo");
    store.addIssue(team, "Done");
    store.addIssue(store.addTeam("OPS", [["Todo", "unstarted"]]), "Todo");
    store.addIssue(team, "Todo", { archivedAt: store.now() });
    const issues = await linear.tracker().fetchIssuesByStates([" todo ", "IN PROGRESS"], signal);
    expect(issues.map(({ id }) => id)).toEqual([todo.id]);
  });
});
