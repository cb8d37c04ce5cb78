import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

const desk = useDesk();

describe("transition", () => {
  it("R-314 a lock that somebody else holds is worth a retry, and no word about the state", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    const message = "409 Conflict: Resource lock";
    gitlab.failNext(/^PUT/, () => ({ status: 409, body: { message } }));
    const order = { from: "todo", to: "in-progress", key: "k" };
    await expect(tracker().transition("1", order, soon())).rejects.toMatchObject({
      code: "tracker_status",
      retryable: true,
    });
    expect(await tracker().transition("1", order, soon())).toMatchObject({ kind: "confirmed" });
  });

  it.each([false, true])("R-323 is one request, Premium or not (%s)", async (isPremium) => {
    const { gitlab, tracker } = desk();
    gitlab.project.isPremium = isPremium;
    gitlab.project.add({ iid: 1, labels: ["status::todo", "status::Odd", "bug"] });
    const bodies: unknown[] = [];
    gitlab.failNext(/^PUT/, (request, land) => {
      bodies.push(request.body);
      return land();
    });
    const order = { from: "todo", to: "In-Progress", key: "k" };
    const result = await tracker().transition("1", order, soon());
    expect(result).toMatchObject({ kind: "confirmed", issue: { state: "in-progress" } });
    expect(bodies).toEqual([
      { add_labels: "status::in-progress", remove_labels: "status::Odd,status::todo" },
    ]);
    expect(gitlab.project.get(1).labels.toSorted()).toEqual(["bug", "status::in-progress"]);
    expect(gitlab.requests.filter(({ method }) => method === "PUT")).toHaveLength(1);
  });

  it("R-323 closes for an end, and opens again for what is none", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1, labels: ["status::in-progress"] });
    const done = { from: "in-progress", to: "done", key: "k" };
    expect(await tracker().transition("1", done, soon())).toMatchObject({ kind: "confirmed" });
    expect(gitlab.project.get(1)).toMatchObject({ state: "closed", labels: [] });
    const back = { from: "done", to: "todo", key: "l" };
    expect(await tracker().transition("1", back, soon())).toMatchObject({ kind: "confirmed" });
    expect(gitlab.project.get(1)).toMatchObject({ state: "opened", labels: ["status::todo"] });
    const none = { from: null, to: "no-status", key: "m" };
    expect(await tracker().transition("1", none, soon())).toMatchObject({ kind: "confirmed" });
    expect(gitlab.project.get(1).labels).toEqual([]);
  });

  it("R-323 a state without a label is rejected with those that there are", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    for (const to of ["in-review", "canceled"]) {
      const result = await tracker().transition("1", { from: null, to, key: "k" }, soon());
      expect(result).toMatchObject({
        kind: "rejected",
        reason: expect.stringContaining("no-status, todo, in-progress, needs-human, done"),
      });
    }
    gitlab.project.labels.push("status::canceled");
    const order = { from: null, to: "canceled", key: "k" };
    expect(await tracker().transition("1", order, soon())).toMatchObject({
      kind: "confirmed",
      issue: { state: "canceled", stateKind: "canceled" },
    });
    expect(gitlab.project.get(1)).toMatchObject({ state: "closed", labels: ["status::canceled"] });
  });

  it("R-323 what GitLab refuses is rejected in its words", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    const body = { message: { base: ["A rule of the project"] } };
    gitlab.failNext(/^PUT/, () => ({ status: 400, body }));
    const order = { from: "todo", to: "in-progress", key: "k" };
    expect(await tracker().transition("1", order, soon())).toMatchObject({
      kind: "rejected",
      reason: expect.stringContaining("A rule of the project"),
    });
  });

  it("R-323 without labels there are open and done alone", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    const adapter = tracker({ stateSource: "open-closed" });
    const rejected = { from: null, to: "canceled", key: "k" };
    expect(await adapter.transition("1", rejected, soon())).toMatchObject({ kind: "rejected" });
    const order = { from: "open", to: "done", key: "k" };
    expect(await adapter.transition("1", order, soon())).toMatchObject({ kind: "confirmed" });
    expect(gitlab.project.get(1)).toMatchObject({ state: "closed", labels: ["status::todo"] });
  });

  it("R-323 an issue that is closed with its old label is opened again", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1, state: "closed", labels: ["status::todo"] });
    const order = { from: "done", to: "todo", key: "k" };
    expect(await tracker().transition("1", order, soon())).toMatchObject({ kind: "confirmed" });
    expect(gitlab.project.get(1)).toMatchObject({ state: "opened", labels: ["status::todo"] });
  });

  it("R-323 an issue that is open with the label of an end is closed", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1, labels: ["status::done"] });
    const order = { from: "done", to: "done", key: "k" };
    expect(await tracker().transition("1", order, soon())).toMatchObject({ kind: "confirmed" });
    expect(gitlab.project.get(1).state).toBe("closed");
  });

  it("R-320 of an issue that is gone fails", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1, movedTo: 5, state: "closed" });
    const order = { from: null, to: "done", key: "k" };
    for (const id of ["1", "9", "tide/charts#1"]) {
      await expect(tracker().transition(id, order, soon())).rejects.toMatchObject({
        code: "tracker_status",
        retryable: false,
      });
    }
  });

  it("R-314 a token without the right is an error that says what it lacks", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    const body = { error: "insufficient_scope", error_description: "needs api" };
    gitlab.failNext(/^PUT/, () => ({ status: 403, body }));
    const order = { from: null, to: "in-progress", key: "k" };
    await expect(tracker().transition("1", order, soon())).rejects.toMatchObject({
      code: "tracker_auth",
      message: expect.stringContaining("insufficient_scope"),
      remedy: expect.stringContaining("`api`"),
    });
  });
});

describe("claim", () => {
  it("R-438 is an assignee and a label, and the label is none of the issue", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.isPremium = true;
    gitlab.project.add({ iid: 1, assignees: ["harbour"] });
    const marks = { claimAssignee: "signal-worker", claimLabel: "agent::running" };
    const adapter = tracker(marks);
    await adapter.claim?.("1", { key: "k" }, soon());
    expect(gitlab.project.get(1)).toMatchObject({
      assignees: ["harbour", "signal-worker"],
      labels: ["status::todo", "agent::running"],
    });
    expect((await adapter.fetchIssuesByIds(["1"], soon()))[0]?.labels).toEqual([]);
    await adapter.release?.("1", { key: "k" }, soon());
    expect(gitlab.project.get(1)).toMatchObject({
      assignees: ["harbour"],
      labels: ["status::todo"],
    });
    expect(gitlab.requests.filter(({ method }) => method === "PUT")).toHaveLength(2);
  });

  it("takes the last assignee away as well, and writes nothing twice", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    const adapter = tracker({ claimAssignee: "signal-worker" });
    const bodies: unknown[] = [];
    gitlab.fault = (request, land) => {
      if (request.method === "PUT") bodies.push(request.body);
      return land();
    };
    for (const call of ["claim", "claim", "release", "release"] as const) {
      await adapter[call]?.("1", { key: "k" }, soon());
    }
    expect(gitlab.project.get(1).assignees).toEqual([]);
    // As GitLab wants nobody to be written.
    expect(bodies).toEqual([
      { assignee_ids: [gitlab.project.idOf("signal-worker")] },
      { assignee_ids: [0] },
    ]);
  });

  it("where a person has the one place, or nobody has the name, it is tracker_config", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1, assignees: ["harbour"] });
    for (const claimAssignee of ["signal-worker", "nobody"]) {
      const adapter = tracker({ claimAssignee });
      await expect(adapter.claim?.("1", { key: "k" }, soon())).rejects.toMatchObject({
        code: "tracker_config",
      });
    }
    expect(gitlab.project.get(1).assignees).toEqual(["harbour"]);
  });

  it("is not there without a mark", () => {
    expect(desk().tracker().claim).toBeUndefined();
  });
});
