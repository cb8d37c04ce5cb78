import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import type { FakeTransition } from "./__fixtures__/fake-world.ts";

const start = { from: "To Do", to: "in progress", key: "k" };

describe.each(["cloud", "data-center"] as const)("transition, on %s", (flavour) => {
  const desk = useDesk(flavour);

  function workflow(...transitions: FakeTransition[]): string {
    const { world } = desk().jira;
    world.transitions = transitions;
    return world.add().id;
  }

  async function reason(id: string, to: string, options = {}): Promise<string> {
    const order = { from: null, to, key: "k" };
    const result = await desk().tracker(options).transition(id, order, soon());
    return result.kind === "rejected" ? result.reason : result.kind;
  }

  it("R-323 is the one whose target has the name, read back from no index", async () => {
    const { jira, tracker } = desk();
    const id = workflow(
      { id: "11", name: "In Progress", to: "In Review" },
      { id: "21", name: "Begin", to: "In Progress" },
    );
    const bodies: unknown[] = [];
    jira.failNext(/^POST .*transitions/, ({ body }, land) => {
      bodies.push(body);
      return land();
    });
    expect(await tracker().transition(id, start, soon())).toMatchObject({
      kind: "confirmed",
      issue: { state: "In Progress", stateKind: "started" },
    });
    expect(bodies).toEqual([{ transition: { id: "21" } }]);
    const last = jira.takeRequests().findLast((path) => path.includes(`/issue/${id}?`));
    expect(last).toMatch(/^GET/);
    expect(await tracker().transition(id, start, soon())).toMatchObject({ kind: "confirmed" });
    const late = { from: "To Do", to: "Done", key: "l" };
    expect(await tracker().transition(id, late, soon())).toMatchObject({
      kind: "conflict",
      issue: { state: "In Progress" },
    });
  });

  it("R-323 to a category is one to any status of it", async () => {
    const { jira, tracker } = desk();
    const id = workflow({ id: "31", name: "Ship", to: "Won't Do" });
    const order = { from: "To Do", to: "Done", key: "k" };
    const broad = tracker({ stateSource: "category" });
    expect(await broad.transition(id, order, soon())).toMatchObject({
      kind: "confirmed",
      issue: { state: "Done", stateKind: "completed" },
    });
    expect(jira.world.get(id).status).toBe("Won't Do");
  });

  it("R-323 to a category is rather one to a status of that name, and to no refusal", async () => {
    const { jira, tracker } = desk();
    const broad = tracker({ stateSource: "category" });
    const order = { from: "To Do", to: "Done", key: "k" };
    const refuse = { id: "31", name: "Refuse", to: "Won't Do" };
    jira.world.statuses.push({ id: "10004", name: "Released", category: "done" });
    const release = { id: "41", name: "Release", to: "Released" };
    const finish = { id: "51", name: "Finish", to: "Done" };
    for (const [transitions, status] of [
      [[refuse, release, finish], "Done"],
      [[refuse, release], "Released"],
    ] as const) {
      const id = workflow(...transitions);
      expect(await broad.transition(id, order, soon())).toMatchObject({ kind: "confirmed" });
      expect(jira.world.get(id).status).toBe(status);
    }
  });

  it("R-323 a state that the project does not have is rejected with those that it has", async () => {
    const id = workflow();
    expect(await reason(id, "needs-human")).toContain(
      "no state needs-human; there are: To Do, In Progress, In Review, Done, Won't Do",
    );
  });

  it("R-323 a state to which no transition leads is rejected with those that lead on", async () => {
    const id = workflow(
      { id: "11", name: "Begin", to: "In Progress" },
      { id: "21", name: "Finish", to: "Done", from: ["In Progress"] },
    );
    expect(await reason(id, "Done")).toContain('leads to In Progress (by "Begin")');
    desk().jira.world.transitions = [];
    expect(await reason(id, "Done")).toContain("offers this account no transition");
  });

  it("R-323 what a screen asks for is told, and another way is taken where there is one", async () => {
    const { jira, tracker } = desk();
    const fields = {
      customfield_10001: {
        required: true,
        hasDefaultValue: false,
        name: "Cause",
        allowedValues: [{ value: "A" }, { value: "B" }],
      },
      summary: { required: true, hasDefaultValue: true, name: "Summary" },
    };
    const id = workflow({ id: "11", name: "Begin", to: "In Progress", fields });
    expect(await reason(id, "In Progress")).toContain('"Begin" asks for Cause (one of A, B)');
    expect(
      jira.takeRequests().some((path) => path.startsWith("POST") && path.includes("/transitions")),
    ).toBe(false);
    const { summary } = fields;
    const also = { id: "21", name: "Also", to: "In Progress", fields: { summary } };
    jira.world.transitions?.push(also);
    expect(await tracker().transition(id, start, soon())).toMatchObject({ kind: "confirmed" });
  });

  it("R-323 a resolution is set where the screen has it, and one is named", async () => {
    const { jira } = desk();
    const fields = {
      resolution: {
        required: true,
        hasDefaultValue: false,
        name: "Resolution",
        allowedValues: [{ name: "Done" }],
      },
    };
    const id = workflow(
      { id: "31", name: "Close", to: "Done", fields },
      { id: "41", name: "Open", to: "To Do" },
    );
    expect(await reason(id, "Done")).toContain("Resolution (one of Done)");
    const bodies: unknown[] = [];
    jira.failNext(
      /^POST .*transitions/,
      ({ body }, land) => {
        bodies.push(body);
        return land();
      },
      2,
    );
    expect(await reason(id, "Done", { resolution: "Done" })).toBe("confirmed");
    expect(await reason(id, "To Do", { resolution: "Done" })).toBe("confirmed");
    expect(bodies).toEqual([
      { transition: { id: "31" }, fields: { resolution: { name: "Done" } } },
      { transition: { id: "41" } },
    ]);
  });

  it("R-323 what Jira refuses is rejected in its words", async () => {
    const id = workflow({ id: "11", name: "Begin", to: "In Progress" });
    const body = { errorMessages: ["A rule of the workflow"], errors: { assignee: "is required" } };
    desk().jira.failNext(/^POST .*transitions/, () => ({ status: 400, body }));
    expect(await reason(id, "In Progress")).toContain(
      "A rule of the workflow; assignee: is required",
    );
  });

  it("R-323 where somebody else is writing, it can be tried again", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    jira.failNext(/^POST .*transitions/, () => ({ status: 409, body: {} }));
    await expect(tracker().transition(id, start, soon())).rejects.toMatchObject({
      code: "tracker_status",
      retryable: true,
    });
  });

  it("R-320 of an issue that is gone, or in another project, fails", async () => {
    const { jira, tracker } = desk();
    const elsewhere = jira.world.add({ project: "CHARTS" });
    for (const id of ["77", elsewhere.id, "TIDE-1", ""]) {
      await expect(tracker().transition(id, start, soon())).rejects.toMatchObject({
        code: "tracker_status",
        retryable: false,
      });
    }
    jira.world.isVisible = false;
    const adapter = tracker();
    await expect(adapter.transition("77", start, soon())).rejects.toMatchObject({
      code: "tracker_config",
    });
  });

  it("R-314 a token without the right is an error that says what it lacks", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    jira.failNext(/^POST .*transitions/, () => ({ status: 403, body: "" }));
    await expect(tracker().transition(id, start, soon())).rejects.toMatchObject({
      code: "tracker_auth",
      remedy: expect.stringContaining("Transition issues"),
    });
  });
});

describe.each(["cloud", "data-center"] as const)("claim, on %s", (flavour) => {
  const desk = useDesk(flavour);
  const marks = { claimAssignee: "me", claimLabel: "agent-running" };

  it("R-438 is an assignee and a label, and the label is none of the issue", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add({ labels: ["bug"] });
    const adapter = tracker(marks);
    for (const call of ["claim", "claim"] as const) await adapter[call]?.(id, { key: "k" }, soon());
    expect(jira.world.get(id)).toMatchObject({
      assignee: "signal-worker",
      labels: ["bug", "agent-running"],
    });
    expect((await adapter.fetchIssuesByIds([id], soon()))[0]?.labels).toEqual(["bug"]);
    for (const call of ["release", "release"] as const)
      await adapter[call]?.(id, { key: "k" }, soon());
    expect(jira.world.get(id)).toMatchObject({ assignee: null, labels: ["bug"] });
    expect(jira.requests.filter(({ method }) => method === "PUT")).toHaveLength(2);
  });

  it("leaves an issue to the person who has it", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add({ assignee: "harbour" });
    const adapter = tracker({ claimAssignee: "me" });
    await adapter.claim?.(id, { key: "k" }, soon());
    await adapter.release?.(id, { key: "k" }, soon());
    expect(jira.world.get(id).assignee).toBe("harbour");
    expect(jira.requests.filter(({ method }) => method === "PUT")).toEqual([]);
  });

  it("a mark that Jira refuses, or drops, is tracker_config", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    const config = { code: "tracker_config" };
    const nobody = tracker({ claimAssignee: "nobody" });
    await expect(nobody.claim?.(id, { key: "k" }, soon())).rejects.toMatchObject(config);
    for (const mark of [{ claimLabel: "agent-running" }, { claimAssignee: "me" }]) {
      jira.failNext(/^PUT/, () => ({ status: 204 }));
      await expect(tracker(mark).claim?.(id, { key: "k" }, soon())).rejects.toMatchObject(config);
    }
    expect(tracker().claim).toBeUndefined();
  });
});
