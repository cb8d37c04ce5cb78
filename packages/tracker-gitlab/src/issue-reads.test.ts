import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

const desk = useDesk();

describe("states", () => {
  it("R-301 come from labels with the prefix, from open and closed without", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1, labels: ["Status::To Review", "bug"] });
    gitlab.project.add({ iid: 2, labels: [] });
    gitlab.project.add({ iid: 3, labels: ["status::in-progress"], state: "closed" });
    gitlab.project.add({ iid: 4, labels: ["status::cancelled"], state: "closed" });
    gitlab.project.add({ iid: 5, labels: [], state: "closed", duplicateOf: 1 });
    const issues = await tracker().fetchIssuesByIds(["1", "2", "3", "4", "5"], soon());
    expect(issues.map(({ state, stateKind }) => [state, stateKind])).toEqual([
      ["To Review", null],
      ["no-status", "unstarted"],
      ["done", "completed"],
      ["cancelled", "canceled"],
      ["canceled", "canceled"],
    ]);
    expect(issues[0]?.labels).toEqual(["bug"]);
    const plain = tracker({ stateSource: "open-closed" });
    const [open, , closed] = await plain.fetchIssuesByIds(["1", "2", "3"], soon());
    expect([open?.state, closed?.state, open?.labels]).toEqual([
      "open",
      "done",
      ["status::to review", "bug"],
    ]);
  });

  it("takes another prefix, and other names of the ends", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1, labels: ["wf:doing", "status::todo"] });
    gitlab.project.add({ iid: 2, labels: [], state: "closed" });
    const other = tracker({ labelPrefix: "wf:", closing: { completed: "shipped" } });
    const issues = await other.fetchIssuesByStates(["Doing", "shipped"], soon());
    expect(issues.map(({ state }) => state)).toEqual(["doing", "shipped"]);
  });

  it("of several status labels the most advanced counts, and it is told", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1, labels: ["status::todo", "status::in-progress"] });
    const changes = await tracker().fetchChanges(null, soon());
    expect(changes).toMatchObject({
      issues: [{ state: "in-progress" }],
      problems: [{ where: "tide/tables#1", message: expect.stringContaining("2 status labels") }],
    });
  });

  it("closed issues are read only where an end is asked for, and not for ever", async () => {
    const { gitlab, tracker, pass } = desk();
    gitlab.project.add({ iid: 1, state: "closed", labels: [] });
    expect(await tracker().fetchIssuesByStates(["todo"], soon())).toEqual([]);
    expect(gitlab.takeRequests().join()).not.toContain("state=closed");
    expect(await tracker().fetchIssuesByStates(["Done"], soon())).toHaveLength(1);
    pass(31 * 86_400_000);
    expect(await tracker().fetchIssuesByStates(["done"], soon())).toEqual([]);
  });
});

describe("priority", () => {
  it.each([
    ["priority::1", 1],
    ["priority::4", 4],
    ["priority:2", 2],
    ["P0", 1],
    ["Priority::High", 2],
    ["low", 4],
    ["priority::5", null],
    ["3", null],
  ])("%s is %s", async (label, priority) => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1, labels: [label] });
    const [issue] = await tracker().fetchIssuesByIds(["1"], soon());
    expect(issue?.priority).toBe(priority);
  });

  it("is the weight where that is asked for", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.isPremium = true;
    for (const weight of [0, 1, 4, 5, null]) {
      gitlab.project.add({ iid: gitlab.project.issues.size + 1, weight, labels: ["priority::2"] });
    }
    const ids = ["1", "2", "3", "4", "5"];
    const issues = await tracker({ prioritySource: "weight" }).fetchIssuesByIds(ids, soon());
    expect(issues.map(({ priority }) => priority)).toEqual([null, 1, 4, null, null]);
  });
});

describe("authors", () => {
  it("R-311 R-312 who is no member, or a guest, opens issues that wait for a person", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.members.set("guest", 10).set("reporter", 20);
    for (const [at, author] of ["stranger", "guest", "reporter"].entries()) {
      gitlab.project.add({ iid: at + 1, author });
    }
    const issues = await tracker().fetchIssuesByStates(["todo"], soon());
    expect(issues.map(({ notDispatchable }) => notDispatchable)).toEqual([
      expect.stringContaining("@stranger"),
      expect.stringContaining("@guest"),
      null,
    ]);
    const named = tracker({ allowAuthors: ["Stranger"] });
    const [first, second] = await named.fetchIssuesByIds(["1", "2"], soon());
    expect(first?.notDispatchable).toBeNull();
    expect(second?.notDispatchable).not.toBeNull();
  });

  it("are asked for once in a while, all at once, and not where all are allowed", async () => {
    const { gitlab, tracker, pass } = desk();
    for (let iid = 1; iid <= 101; iid += 1) gitlab.project.add({ iid, author: `author-${iid}` });
    const adapter = tracker();
    const asked = async (): Promise<number> => {
      gitlab.takeRequests();
      await adapter.fetchIssuesByStates(["todo"], soon());
      return gitlab.takeRequests().filter((path) => path.includes("/members/all")).length;
    };
    expect([await asked(), await asked()]).toEqual([2, 0]);
    pass(300_000);
    gitlab.project.members.set("author-1", 40);
    expect(await asked()).toBe(2);
    expect((await adapter.fetchIssuesByIds(["1"], soon()))[0]?.notDispatchable).toBeNull();
    await tracker({ allowAuthors: "all" }).fetchIssuesByStates(["todo"], soon());
    expect(gitlab.takeRequests().join()).not.toContain("/members/");
  });

  it("a membership that cannot be read fails the call", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    gitlab.failNext(/members/, () => ({ status: 403, body: { message: "403 Forbidden" } }));
    await expect(tracker().fetchIssuesByIds(["1"], soon())).rejects.toMatchObject({
      code: "tracker_auth",
    });
  });
});

describe("blockers", () => {
  it("R-322 are links of one type, with the state of each", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.isPremium = true;
    gitlab.project.add({ iid: 1, blockedBy: [2, 3, 4], relatesTo: [5] });
    gitlab.project.add({ iid: 2, labels: ["status::in-progress"] });
    gitlab.project.add({ iid: 3, state: "closed", labels: [] });
    gitlab.project.add({ iid: 4, isElsewhere: true, labels: [] });
    gitlab.project.add({ iid: 5 });
    const [issue] = await tracker().fetchIssuesByIds(["1"], soon());
    expect(issue?.blockedBy).toEqual([
      { id: "2", identifier: "#2", state: "in-progress", stateKind: "started" },
      { id: "3", identifier: "#3", state: "done", stateKind: "completed" },
      {
        id: "tide/charts#4",
        identifier: "tide/charts#4",
        state: "no-status",
        stateKind: "unstarted",
      },
    ]);
  });

  it("R-322 what cannot be read, or has moved, blocks", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.isPremium = true;
    gitlab.project.add({ iid: 1, blockedBy: [2] });
    gitlab.project.add({ iid: 2, state: "closed", movedTo: 77 });
    const blockers = async (): Promise<unknown> =>
      (await tracker().fetchIssuesByIds(["1"], soon()))[0]?.blockedBy;
    const unknown = { id: null, state: null, stateKind: null };
    expect(await blockers()).toEqual([{ ...unknown, identifier: "#2, a blocker of #1" }]);
    gitlab.failNext(/links$/, () => ({ status: 404, body: { message: "404 Not Found" } }));
    expect(await blockers()).toEqual([{ ...unknown, identifier: "links of #1" }]);
    gitlab.failNext(/links$/, () => ({ status: 502, body: "<html>" }));
    await expect(blockers()).rejects.toMatchObject({ code: "tracker_status", retryable: true });
  });

  it("cost nothing on Free, of issues that run or are over, and where they are not wanted", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1, blockedBy: [2] });
    gitlab.project.add({ iid: 2, labels: ["status::in-progress"] });
    gitlab.project.add({ iid: 3, state: "closed" });
    const asked = async (blockers = true): Promise<readonly string[]> => {
      gitlab.takeRequests();
      await tracker({ blockers }).fetchIssuesByIds(["1", "2", "3"], soon());
      return gitlab.takeRequests().filter((path) => path.includes("/links"));
    };
    expect(await asked()).toEqual([]);
    gitlab.project.isPremium = true;
    expect(await asked()).toEqual([expect.stringContaining("/issues/1/links")]);
    expect(await asked(false)).toEqual([]);
  });
});

describe("one issue", () => {
  it("R-310 has its own ids, and the address that GitLab gives", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 12, assignees: ["harbour"], description: "" });
    const [issue] = await tracker().fetchIssuesByIds(["12"], soon());
    expect(issue).toMatchObject({
      id: "12",
      identifier: "#12",
      description: null,
      assignee: "harbour",
      branchName: null,
      url: `${gitlab.endpoint}/Tide/tables/-/issues/12`,
      nativeRef: { iid: 12, id: 9_012, project_id: 7, author: "harbour" },
    });
  });

  it("R-318 ids are asked for a hundred at once, and what is no number not at all", async () => {
    const { gitlab, tracker } = desk();
    for (let iid = 1; iid <= 101; iid += 1) gitlab.project.add({ iid });
    const ids = Array.from({ length: 101 }, (_, at) => String(101 - at));
    const issues = await tracker({ allowAuthors: "all" }).fetchIssuesByIds(ids, soon());
    expect(issues.map(({ id }) => id)).toEqual(ids);
    expect(gitlab.takeRequests()).toHaveLength(2);
    expect(await tracker().fetchIssuesByIds(["0", "x", "1/../2", "-1"], soon())).toEqual([]);
    expect(gitlab.takeRequests()).toEqual([]);
  });

  it("R-314 a record that is malformed is told of in a list, fails by id, and is quoted in short", async () => {
    const { gitlab, tracker, logged } = desk();
    gitlab.project.add({ iid: 1, overrides: { state: "locked ".repeat(99_999) } });
    gitlab.project.add({ iid: 2 });
    const changes = await tracker().fetchChanges(null, soon());
    expect(changes).toMatchObject({
      issues: [{ id: "2" }],
      problems: [{ where: "tide/tables #1" }],
    });
    expect(logged).toHaveLength(1);
    const error: unknown = await tracker()
      .fetchIssuesByIds(["1"], soon())
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "tracker_payload" });
    for (const text of [...logged, String(error)]) expect(text.length).toBeLessThan(1_000);
  });
});
