import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import type { GithubOptions } from "./github-options.ts";

const desk = useDesk({ isInspected: true });
const options: GithubOptions = {
  stateSource: "project",
  project: { owner: "tide", number: 3, field: "Status" },
};

describe("states from a project", () => {
  it("R-301 come from its field; an issue that is not in it has none", async () => {
    const { github, tracker } = desk();
    for (const number of [1, 2, 3]) github.repository.add({ number, labels: ["status:done"] });
    github.repository.projectStatus.set(1, "Todo").set(2, null);
    const issues = await tracker(options).fetchIssuesByStates(["todo", "no-status"], soon());
    expect(issues.map(({ id, state }) => [id, state])).toEqual([
      ["1", "Todo"],
      ["2", "no-status"],
      ["3", "no-status"],
    ]);
  });

  it("are seen when they change, though the issue does not", async () => {
    const { github, tracker } = desk();
    for (let number = 1; number <= 120; number += 1) {
      github.repository.add({ number });
      github.repository.projectStatus.set(number, "Todo");
    }
    const adapter = tracker(options);
    const { cursor } = await adapter.fetchChanges(null, soon());
    expect(await adapter.fetchChanges(cursor, soon())).toMatchObject({ kind: "unchanged" });
    github.takeRequests();
    await adapter.fetchChanges(cursor, soon());
    // Its fields, two pages of items, and the changed issues.
    expect(github.requests.map(({ isQuotaFree }) => isQuotaFree)).toEqual([true, true, true, true]);
    github.repository.projectStatus.set(110, "In Progress");
    expect(await adapter.fetchChanges(cursor, soon())).toMatchObject({
      kind: "changes",
      issues: [{ id: "110", state: "In Progress", stateKind: "started" }],
    });
  });

  it("R-323 are written to it and read back", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    github.repository.projectStatus.set(1, "Todo");
    const adapter = tracker(options);
    const order = { from: "todo", to: "in progress", key: "k" };
    expect(await adapter.transition("1", order, soon())).toMatchObject({
      kind: "confirmed",
      issue: { state: "In Progress" },
    });
    const done = { from: "In Progress", to: "done", key: "d" };
    expect(await adapter.transition("1", done, soon())).toMatchObject({ kind: "confirmed" });
    expect(github.repository.projectStatus.get(1)).toBe("Done");
    expect(github.repository.issues.get(1)?.state).toBe("closed");
    github.repository.mayTriage = false;
    const back = { from: "done", to: "todo", key: "b" };
    expect(await adapter.transition("1", back, soon())).toMatchObject({ kind: "rejected" });
  });

  it("R-323 that it cannot have are rejected with those that it can", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker(options);
    const move = (to: string): Promise<unknown> =>
      adapter.transition("1", { from: null, to, key: to }, soon());
    expect(await move("in-progress")).toMatchObject({
      reason: expect.stringContaining("there are: Todo, In Progress, Done"),
    });
    expect(await move("in progress")).toMatchObject({
      kind: "rejected",
      reason: expect.stringContaining("#1 is not in the project tide/3"),
    });
  });

  it("R-314 say what is wrong with the project", async () => {
    const { tracker } = desk();
    const wrong = tracker({ ...options, project: { owner: "tide", number: 3, field: "Stage" } });
    await expect(wrong.describe(soon())).rejects.toMatchObject({
      code: "tracker_config",
      remedy: expect.stringContaining("Status"),
    });
    const other = tracker({ ...options, project: { owner: "tide", number: 4, field: "Status" } });
    await expect(other.fetchChanges(null, soon())).rejects.toMatchObject({
      code: "tracker_status",
    });
  });
});

it("priorities come from a field of the project where that is asked for", async () => {
  const { github, tracker } = desk();
  github.repository.projectOptions = ["P1", "Low", "2"];
  for (const [at, value] of ["P1", "Low", "2", null].entries()) {
    github.repository.add({ number: at + 1 });
    github.repository.projectStatus.set(at + 1, value);
  }
  const { project } = options;
  const adapter = tracker({ prioritySource: "project", priorityField: "status", project });
  const issues = await adapter.fetchIssuesByStates(["todo"], soon());
  expect(issues.map(({ priority }) => priority)).toEqual([1, 4, 2, null]);
});
