import { describe, expect, it } from "vitest";
import { LinearWorkspace, appToken } from "./__fixtures__/linear-workspace.ts";

describe("agent sessions", () => {
  it("show the agent's work as activities of one session, also over a restart", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team, app } = linear;
    const { store } = linear.server;
    const { id } = store.addIssue(team, "Todo");
    store.addSession(id, linear.person.id);
    const tracker = linear.agent();
    await tracker.reportActivity(id, { key: "1", kind: "started", body: "Begun" }, signal);
    await tracker.reportActivity(id, { key: "2", kind: "working", body: "Reads" }, signal);
    await tracker.reportActivity(id, { key: "2", kind: "working", body: "Reads" }, signal);
    const after = linear.agent();
    await after.reportActivity(id, { key: "3", kind: "question", body: "Which?" }, signal);
    await after.reportActivity(id, { key: "4", kind: "failed", body: "No" }, signal);
    await after.reportActivity(id, { key: "5", kind: "started", body: "Again" }, signal);
    await after.reportActivity(id, { key: "6", kind: "finished", body: "Done" }, signal);
    expect(store.sessions.filter(({ appUserId }) => appUserId === app.id)).toHaveLength(1);
    expect(
      store.activities.map(({ content, ephemeral }) => [content.type, content.body, ephemeral]),
    ).toEqual([
      ["thought", "Begun", false],
      ["thought", "Reads", true],
      ["elicitation", "Which?", false],
      ["error", "No", false],
      ["thought", "Again", false],
      ["response", "Done", false],
    ]);
  });

  it("R-324 an activity and a session whose answers were lost are there once", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const { id } = store.addIssue(team, "Todo");
    const tracker = linear.agent();
    await tracker.describe(signal);
    const order = { key: "1", kind: "started", body: "Begun" } as const;
    linear.server.faults.push(null, { kind: "cut", lands: true });
    await expect(tracker.reportActivity(id, order, signal)).rejects.toMatchObject({
      retryable: true,
    });
    linear.server.faults.push(null, { kind: "cut", lands: true });
    await expect(tracker.reportActivity(id, order, signal)).rejects.toMatchObject({
      retryable: true,
    });
    await tracker.reportActivity(id, order, signal);
    expect(store.sessions).toHaveLength(1);
    expect(store.activities).toHaveLength(1);
  });

  it("are opened once, also where the plan comes while the first activity is told", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const { id } = store.addIssue(team, "Todo");
    const tracker = linear.agent();
    const [plan] = tracker.agentTools();
    const input = { steps: [{ content: "Read", status: "pending" }] };
    const impatient = new AbortController();
    const both = Promise.all([
      tracker.reportActivity(id, { key: "1", kind: "started", body: "Begun" }, signal),
      plan?.call({ issueId: id, input, key: "2" }, signal),
    ]);
    const givenUp = tracker.reportActivity(
      id,
      { key: "3", kind: "working", body: "Reads" },
      impatient.signal,
    );
    impatient.abort(new Error("enough"));
    await expect(givenUp).rejects.toThrow("enough");
    await both;
    expect(store.sessions).toHaveLength(1);
    expect(store.activities).toHaveLength(1);
  });

  it("pass on a person's stop with the poll, at one request more, and none where nothing runs", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team, person } = linear;
    const { store } = linear.server;
    const { id } = store.addIssue(team, "Todo");
    const tracker = linear.agent();
    let { cursor } = await tracker.fetchChanges(null, signal);
    linear.asked();
    ({ cursor } = await tracker.fetchChanges(cursor, signal));
    expect(linear.asked()).toEqual(["ChangedIssues"]);
    await tracker.reportActivity(id, { key: "1", kind: "started", body: "Begun" }, signal);
    const sessionId = store.sessions[0]?.id ?? "";
    const prompt = {
      sessionId,
      userId: person.id,
      ephemeral: false,
      content: { type: "prompt", body: "…" },
    };
    store.addActivity({ ...prompt, id: "go-on", signal: null });
    const stop = store.addActivity({ ...prompt, id: "stop-it", signal: "stop" });
    linear.asked();
    const changes = await tracker.fetchChanges(cursor, signal);
    expect(changes.signals).toEqual([
      { kind: "stop", issueId: id, key: "stop-it", at: stop.createdAt },
    ]);
    expect(linear.asked()).toEqual(["Prompts", "ChangedIssues"]);
    const restarted = linear.agent();
    expect((await restarted.fetchChanges(null, signal)).signals).toEqual(changes.signals);
    await tracker.reportActivity(id, { key: "2", kind: "stopped", body: "Stopped" }, signal);
    linear.asked();
    expect((await tracker.fetchChanges(changes.cursor, signal)).signals).toEqual([]);
    expect(linear.asked()).toEqual(["ChangedIssues"]);
  });

  it("have the links that are attached", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const { id } = store.addIssue(team, "Todo");
    const tracker = linear.agent();
    const link = { url: "https://example.invalid/pull/1", title: "Pull request 1" };
    await tracker.attachLink(id, link, signal);
    expect(store.sessions).toEqual([]);
    await tracker.reportActivity(id, { key: "1", kind: "started", body: "Begun" }, signal);
    await tracker.attachLink(id, link, signal);
    await tracker.attachLink(id, link, signal);
    expect(store.attachments).toHaveLength(1);
    expect(store.sessions[0]?.externalUrls).toEqual([{ url: link.url, label: link.title }]);
  });
});

describe("the plan tool", () => {
  it("R-520 sets the plan of the run's own issue; bad arguments give a structured failure", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const [own, other] = [store.addIssue(team, "Todo"), store.addIssue(team, "Todo")];
    const tracker = linear.agent();
    await tracker.reportActivity(other.id, { key: "o", kind: "started", body: "Begun" }, signal);
    const [tool] = tracker.agentTools();
    if (tool === undefined) throw new Error("there is a tool");
    const steps = [
      { content: "Read", status: "completed" },
      { content: "Write", status: "inProgress" },
    ];
    const order = { issueId: own.id, key: "k" };
    expect(await tool.call({ ...order, input: { steps } }, signal)).toEqual({
      kind: "ok",
      output: { steps: 2 },
    });
    expect(store.sessions).toMatchObject([{ issueId: other.id }, { issueId: own.id, plan: steps }]);
    expect(store.sessions[0]?.plan ?? null).toBeNull();
    for (const input of [
      null,
      { steps: "all" },
      { steps: [{ content: "Read", status: "done" }] },
      { steps, issueId: other.id },
    ]) {
      expect(await tool.call({ ...order, input }, signal)).toMatchObject({
        kind: "failed",
        code: "bad-arguments",
        retryable: false,
      });
    }
    linear.server.faults.push({ kind: "status", status: 502 });
    expect(await tool.call({ ...order, input: { steps } }, signal)).toMatchObject({
      kind: "failed",
      code: "tracker_status",
      retryable: true,
    });
    expect(store.sessions).toHaveLength(2);
  });
});

describe("delegation", () => {
  it("a claim delegates the issue to the app and gives back what it took, the assignee untouched", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team, person, app } = linear;
    const { store } = linear.server;
    const free = store.addIssue(team, "Todo", { assigneeId: person.id });
    const given = store.addIssue(team, "Todo", { delegateId: app.id });
    const tracker = linear.agent();
    for (const { id } of [free, given]) await tracker.claim(id, { key: "k" }, signal);
    expect(store.issue(free.id)).toMatchObject({ assigneeId: person.id, delegateId: app.id });
    for (const { id } of [free, given]) await tracker.release(id, { key: "k" }, signal);
    expect(store.issue(free.id)).toMatchObject({ assigneeId: person.id, delegateId: null });
    expect(store.issue(given.id).delegateId).toBe(app.id);
    store.ignoresUpdates = true;
    await expect(tracker.claim(free.id, { key: "k" }, signal)).rejects.toMatchObject({
      code: "tracker_status",
    });
  });

  it("the token goes as a bearer's, and an app's own comments are no answers", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team, person } = linear;
    const { store } = linear.server;
    expect([...linear.server.tokens.keys()]).toContain(`Bearer ${appToken}`);
    const { id } = store.addIssue(team, "Todo");
    const tracker = linear.agent();
    await tracker.ensureComment(id, { key: "k", body: "Which?" }, signal);
    const answer = store.addComment(id, person, "That one");
    const comments = await tracker.fetchComments(id, null, signal);
    expect(comments.map((comment) => comment.id)).toEqual([answer.id]);
  });
});
