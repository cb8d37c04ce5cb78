import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

const desk = useDesk({ isInspected: true });
const writesOf = (requests: readonly string[]): readonly string[] =>
  requests.filter((request) => !request.startsWith("GET"));

describe("transition", () => {
  it("R-323 adds the new label, takes the old ones away, and reads back", async () => {
    const { github, tracker } = desk();
    const labels = ["bug", "Status:ToDo", "status:backlog"];
    github.repository.add({ number: 1, labels });
    const order = { from: "todo", to: "IN-PROGRESS", key: "k" };
    // Of two the most advanced counts: `todo`.
    const result = await tracker().transition("1", order, soon());
    expect(result).toMatchObject({ kind: "confirmed", issue: { state: "in-progress" } });
    expect(github.repository.issues.get(1)?.labels).toEqual(["bug", "status:in-progress"]);
    expect(writesOf(github.takeRequests())).toEqual([
      "POST /repos/tide/tables/issues/1/labels",
      "DELETE /repos/tide/tables/issues/1/labels/Status%3AToDo",
      "DELETE /repos/tide/tables/issues/1/labels/status%3Abacklog",
    ]);
  });

  it("R-323 closes for a terminal state with its reason, and opens again", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker();
    const move = (to: string): Promise<unknown> =>
      adapter.transition("1", { from: null, to, key: to }, soon());
    expect(await move("done")).toMatchObject({ kind: "confirmed", issue: { state: "done" } });
    expect(github.repository.issues.get(1)).toMatchObject({
      state: "closed",
      stateReason: "completed",
      labels: [],
    });
    expect(await move("todo")).toMatchObject({ kind: "confirmed", issue: { state: "todo" } });
    expect(await move("canceled")).toMatchObject({ issue: { stateKind: "canceled" } });
    expect(github.repository.issues.get(1)?.stateReason).toBe("not_planned");
    const other = tracker({ closing: { completed: "Shipped" } });
    await other.transition("1", { from: null, to: "todo", key: "t" }, soon());
    const shipped = await other.transition("1", { from: "todo", to: "shipped", key: "s" }, soon());
    expect(shipped).toMatchObject({ kind: "confirmed", issue: { state: "Shipped" } });
  });

  it("R-323 writes nothing where somebody else moved it, or where it is there already", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1, labels: ["status:needs-human"] });
    const adapter = tracker();
    const conflict = { from: "todo", to: "in-progress", key: "k" };
    expect(await adapter.transition("1", conflict, soon())).toMatchObject({
      kind: "conflict",
      issue: { state: "needs-human" },
    });
    const same = { from: "todo", to: "Needs-Human", key: "k" };
    expect(await adapter.transition("1", same, soon())).toMatchObject({ kind: "confirmed" });
    expect(writesOf(github.takeRequests())).toEqual([]);
  });

  it("R-323 what GitHub takes and does not do is rejected, with the reason", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    github.repository.mayTriage = false;
    const adapter = tracker();
    for (const to of ["in-progress", "done"]) {
      const result = await adapter.transition("1", { from: "todo", to, key: to }, soon());
      expect(result).toMatchObject({
        kind: "rejected",
        reason: expect.stringContaining("left it in todo"),
      });
    }
  });

  it("R-323 a state without a label is rejected, names those that exist, and makes no label", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const order = { from: "todo", to: "in-progres", key: "k" };
    expect(await tracker().transition("1", order, soon())).toEqual({
      kind: "rejected",
      reason: expect.stringMatching(
        /no state in-progres; there are: todo, in-progress, needs-human, done, canceled\./,
      ),
    });
    expect(writesOf(github.takeRequests())).toEqual([]);
    const plain = tracker({ stateSource: "open-closed" });
    const unknown = { ...order, from: "open" };
    expect(await plain.transition("1", unknown, soon())).toMatchObject({
      kind: "rejected",
      reason: expect.stringContaining("there are: open, done, canceled"),
    });
  });

  it("R-323 one that broke off between its writes is finished by the next", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker();
    github.failNext(/^DELETE/, () => ({ status: 0, isCut: true }));
    const order = { from: "todo", to: "in-progress", key: "k" };
    await expect(adapter.transition("1", order, soon())).rejects.toMatchObject({
      code: "tracker_transport",
      retryable: true,
    });
    expect(github.takeRequests().filter((request) => request.startsWith("DELETE"))).toHaveLength(1);
    const [between] = await adapter.fetchIssuesByIds(["1"], soon());
    expect(between?.state).toBe("in-progress");
    expect(await adapter.transition("1", order, soon())).toMatchObject({ kind: "confirmed" });
    expect(github.repository.issues.get(1)?.labels).toEqual(["status:in-progress"]);
    const next = { from: "in-progress", to: "needs-human", key: "n" };
    expect(await adapter.transition("1", next, soon())).toMatchObject({ kind: "confirmed" });
    expect(github.repository.issues.get(1)?.labels).toEqual(["status:needs-human"]);
  });

  it("R-438 what it wrote itself, and has not finished, is no problem of the issue", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1, labels: ["status:needs-human"] });
    github.repository.add({ number: 2, labels: ["status:todo", "status:needs-human"] });
    const adapter = tracker({ writeIntervalMs: 500 });
    const { promise: isAdded, resolve } = Promise.withResolvers<void>();
    github.failNext(/^POST/, (_, land) => {
      resolve();
      return land();
    });
    const order = { from: "needs-human", to: "in-progress", key: "k" };
    const moved = adapter.transition("1", order, soon());
    await isAdded;
    const between = await adapter.fetchChanges(null, soon());
    expect(await moved).toMatchObject({ kind: "confirmed" });
    expect(between).toMatchObject({ issues: [{ state: "in-progress" }, { state: "needs-human" }] });
    expect(between).toMatchObject({ problems: [{ where: "tide/tables#2" }] });
  });

  it("R-320 of an issue that is gone fails", async () => {
    const { tracker } = desk();
    const order = { from: null, to: "done", key: "k" };
    for (const id of ["9", "tide/charts#1"]) {
      await expect(tracker().transition(id, order, soon())).rejects.toMatchObject({
        code: "tracker_status",
        retryable: false,
      });
    }
  });

  it("a token without the right is an error that says what it lacks", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const headers = { "x-accepted-github-permissions": "issues=write" };
    const body = { message: "Resource not accessible by personal access token" };
    github.failNext(/^POST/, () => ({ status: 403, headers, body }));
    const order = { from: null, to: "in-progress", key: "k" };
    await expect(tracker().transition("1", order, soon())).rejects.toMatchObject({
      code: "tracker_auth",
      remedy: expect.stringContaining("issues=write"),
    });
  });
});
