import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

const desk = useDesk();

describe("fetchIssuesByStates", () => {
  it("R-301 lists what is in one of the states, compared without case, in this repository", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    github.repository.add({ number: 2, labels: ["Status: In-Progress"] });
    github.repository.add({ number: 3, labels: ["bug"] });
    github.repository.add({ number: 4, state: "closed", stateReason: "completed" });
    github.repository.add({ number: 5, isPullRequest: true });
    const issues = await tracker().fetchIssuesByStates([" TODO ", "in-progress"], soon());
    expect(
      issues.map(({ identifier, state, stateKind }) => [identifier, state, stateKind]),
    ).toEqual([
      ["#1", "todo", "unstarted"],
      ["#2", "In-Progress", "started"],
    ]);
  });

  it("R-302 asks nothing where no state is asked for", async () => {
    const { github, tracker } = desk();
    expect(await tracker().fetchIssuesByStates([], soon())).toEqual([]);
    expect(github.takeRequests()).toEqual([]);
  });
});

describe("fetchIssuesByIds", () => {
  it("R-309 gives full snapshots, each once, and leaves gone ones out", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 7, blockedBy: [8] });
    github.repository.add({ number: 8 });
    const issues = await tracker().fetchIssuesByIds(["7", "7", "99", "tide/other#1"], soon());
    expect(issues).toMatchObject([
      {
        id: "7",
        blockedBy: [{ id: "8", identifier: "#8", state: "todo", stateKind: "unstarted" }],
      },
    ]);
  });
});

describe("fetchChanges", () => {
  it("tells everything, then nothing, then what changed", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 2, blockedBy: [1] });
    github.repository.add({ number: 1 });
    const adapter = tracker();
    const full = await adapter.fetchChanges(null, soon());
    expect(full).toMatchObject({ kind: "full", issues: [{ id: "1" }, { id: "2" }] });
    const same = await adapter.fetchChanges(full.cursor, soon());
    expect(same).toEqual({ kind: "unchanged", cursor: full.cursor });
    github.repository.change(1, { state: "closed", stateReason: "completed" });
    const changes = await adapter.fetchChanges(same.cursor, soon());
    expect(changes).toMatchObject({
      kind: "changes",
      issues: [
        { id: "1", state: "done", stateKind: "completed" },
        { id: "2", blockedBy: [{ id: "1", state: "done", stateKind: "completed" }] },
      ],
      removedIds: [],
    });
  });
});

describe("writes", () => {
  it("R-323 moves an issue by its labels and reads it back", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker();
    const order = { from: "todo", to: "in-progress", key: "k" };
    const result = await adapter.transition("1", order, soon());
    expect(result).toMatchObject({ kind: "confirmed", issue: { state: "in-progress" } });
    expect(github.repository.issues.get(1)?.labels).toEqual(["status:in-progress"]);
  });

  it("R-324 writes one comment per key", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker();
    await adapter.ensureComment("1", { key: "progress", body: "one" }, soon());
    await adapter.ensureComment("1", { key: "progress", body: "two" }, soon());
    expect(github.repository.comments.map(({ body }) => body)).toEqual([
      "<!-- signalbox:key=progress -->\ntwo",
    ]);
  });
});
