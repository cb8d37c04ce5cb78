import { describe, expect, it } from "vitest";
import { LinearWorkspace } from "./__fixtures__/linear-workspace.ts";

describe("transitions", () => {
  it("R-323 are compared, written and read back", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const { id } = store.addIssue(team, "Todo");
    const tracker = linear.tracker();
    const order = { from: "todo ", to: "in progress", key: "k" };
    expect(await tracker.transition(id, order, signal)).toMatchObject({
      kind: "confirmed",
      issue: { id, state: "In Progress" },
    });
    expect(linear.asked()).toEqual(["IssueWithStates", "UpdateIssue", "IssueWithStates"]);
    expect(await tracker.transition(id, order, signal)).toMatchObject({ kind: "confirmed" });
    expect(linear.asked()).toEqual(["IssueWithStates"]);
    store.move(id, "Canceled");
    expect(await tracker.transition(id, order, signal)).toMatchObject({
      kind: "conflict",
      issue: { state: "Canceled" },
    });
    expect(await tracker.transition(id, { ...order, from: null }, signal)).toMatchObject({
      kind: "confirmed",
    });
  });

  it("R-323 a 2xx that changed nothing is rejected, and so is a state that the team does not have", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { id } = linear.server.store.addIssue(team, "Todo");
    const tracker = linear.tracker();
    const missing = await tracker.transition(id, { from: null, to: "Shipped", key: "k" }, signal);
    expect(missing).toEqual({
      kind: "rejected",
      reason:
        "the issue's team has no state Shipped; it has Triage, Backlog, Todo, In Progress, Done, Canceled, Duplicate",
    });
    expect(linear.asked()).not.toContain("UpdateIssue");
    linear.server.store.ignoresUpdates = true;
    const ignored = await tracker.transition(id, { from: "Todo", to: "Done", key: "k" }, signal);
    expect(ignored).toMatchObject({ kind: "rejected" });
    expect(linear.asked()).toContain("UpdateIssue");
  });

  it("a write whose answer was lost is confirmed by the next order, and never repeated blindly", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { id } = linear.server.store.addIssue(team, "Todo");
    const tracker = linear.tracker();
    linear.server.faults.push(null, { kind: "cut", lands: true });
    const order = { from: "Todo", to: "Done", key: "k" };
    await expect(tracker.transition(id, order, signal)).rejects.toMatchObject({ retryable: true });
    expect(linear.asked()).toEqual(["IssueWithStates", "UpdateIssue"]);
    expect(await tracker.transition(id, order, signal)).toMatchObject({ kind: "confirmed" });
    expect(linear.asked()).toEqual(["IssueWithStates"]);
  });

  it("an issue that is gone is an error", async () => {
    await using linear = await LinearWorkspace.open();
    const tracker = linear.tracker();
    const order = { from: null, to: "Done", key: "k" };
    await expect(tracker.transition("gone", order, linear.signal)).rejects.toMatchObject({
      code: "tracker_status",
      retryable: false,
    });
  });
});

describe("comments", () => {
  it("R-324 one key is one comment, replaced by another body, left alone by the same one", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const { id } = store.addIssue(team, "Todo");
    const tracker = linear.tracker();
    const first = await tracker.ensureComment(id, { key: "run", body: "Begun." }, signal);
    const again = await linear.tracker().ensureComment(id, { key: "run", body: "Begun." }, signal);
    expect(again).toEqual(first);
    const edited = await tracker.ensureComment(id, { key: "run", body: "Done.\n" }, signal);
    expect(Date.parse(edited.writtenAt ?? "")).toBeGreaterThan(Date.parse(first.writtenAt ?? ""));
    linear.asked();
    expect(await tracker.ensureComment(id, { key: "run", body: "Done.\n" }, signal)).toEqual(
      edited,
    );
    expect(linear.asked()).toEqual([]);
    expect(
      await linear.tracker().ensureComment(id, { key: "run", body: "Done.\n" }, signal),
    ).toEqual(edited);
    await linear.tracker().ensureComment(id, { key: "run", body: "Merged." }, signal);
    await tracker.ensureComment(id, { key: "other", body: "Done.\n" }, signal);
    expect([...store.comments.values()].map(({ body }) => body)).toEqual(["Merged.", "Done.\n"]);
  });

  it.each(["cut", "hang"] as const)(
    "R-324 a comment whose answer was lost (%s) is there once",
    async (kind) => {
      await using linear = await LinearWorkspace.open();
      const { signal, team } = linear;
      const { store } = linear.server;
      const { id } = store.addIssue(team, "Todo");
      const order = { key: "run", body: "Done 🚦" };
      linear.server.faults.push({ kind, lands: true });
      const tracker = linear.tracker({ timeoutMs: 1000 });
      await expect(tracker.ensureComment(id, order, signal)).rejects.toMatchObject({
        code: "tracker_transport",
        retryable: true,
      });
      const [written] = store.comments.values();
      expect(await tracker.ensureComment(id, order, signal)).toEqual({
        writtenAt: written?.createdAt,
      });
      expect(store.comments.size).toBe(1);
    },
  );

  it("a comment that Linear declines for another reason fails", async () => {
    await using linear = await LinearWorkspace.open();
    const write = linear.tracker().ensureComment("gone", { key: "k", body: "x" }, linear.signal);
    await expect(write).rejects.toMatchObject({ code: "tracker_status" });
    await expect(write).rejects.toThrow("Could not find referenced Issue");
  });

  it("of people are read oldest first, over pages; ours and those of bots are left out", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team, person, app } = linear;
    const { store } = linear.server;
    const { id } = store.addIssue(team, "Todo");
    const tracker = linear.tracker();
    await tracker.ensureComment(id, { key: "question", body: "Which one?" }, signal);
    const asked = store.now();
    const early = store.addComment(id, person, "Early answer by the key's owner");
    store.addComment(id, app, "By an app");
    store.addComment(id, null, "By an integration");
    store.addComment(store.addIssue(team, "Todo").id, person, "Elsewhere");
    const others = Array.from({ length: 120 }, (_, index) =>
      store.addComment(id, store.users[0] ?? person, `${index}`),
    );
    const all = await tracker.fetchComments(id, null, signal);
    expect(all.map((comment) => comment.id)).toEqual([
      early.id,
      ...others.map((comment) => comment.id),
    ]);
    expect(all[0]).toEqual({
      id: early.id,
      author: "Owner",
      body: early.body,
      createdAt: early.createdAt,
    });
    expect(await tracker.fetchComments(id, asked, signal)).toHaveLength(121);
    expect(await tracker.fetchComments(id, early.createdAt, signal)).toHaveLength(120);
  });
});

describe("claims and links", () => {
  it("a claim adds its label alone and takes it back alone, read back", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const [bug, working] = [store.addLabel("Bug"), store.addLabel("Agent at work", team)];
    const { id } = store.addIssue(team, "Todo", { labelIds: [bug.id] });
    const tracker = linear.tracker({ claimLabel: "agent at work" });
    await tracker.claim?.(id, { key: "k" }, signal);
    await tracker.claim?.(id, { key: "k" }, signal);
    expect(store.issue(id).labelIds).toEqual([bug.id, working.id]);
    await tracker.release?.(id, { key: "k" }, signal);
    expect(store.issue(id).labelIds).toEqual([bug.id]);
    store.ignoresUpdates = true;
    await expect(tracker.claim?.(id, { key: "k" }, signal)).rejects.toMatchObject({
      code: "tracker_status",
    });
    const other = linear.tracker({ claimLabel: "missing" });
    await expect(other.claim?.(id, { key: "k" }, signal)).rejects.toMatchObject({
      code: "tracker_config",
    });
    expect(linear.tracker()).toMatchObject({ claim: undefined, release: undefined });
  });

  it("a link that is longer than any page's is refused before it is sent", async () => {
    await using linear = await LinearWorkspace.open();
    const { id } = linear.server.store.addIssue(linear.team, "Todo");
    const tracker = linear.tracker();
    const url = `https://example.invalid/${"a".repeat(65_536)}`;
    const attached = tracker.attachLink(id, { url, title: "Long" }, linear.signal);
    await expect(attached).rejects.toMatchObject({ code: "tracker_status", retryable: false });
    await expect(attached).rejects.toThrow(/65,564 characters.*65,536/);
    expect(linear.asked()).toEqual([]);
  });

  it("a link is there once, also after an answer that was lost", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const { id } = store.addIssue(team, "Todo");
    const tracker = linear.tracker();
    const link = { url: "https://example.invalid/pull/1", title: "Pull request 1" };
    linear.server.faults.push({ kind: "cut", lands: true });
    await expect(tracker.attachLink(id, link, signal)).rejects.toMatchObject({ retryable: true });
    await tracker.attachLink(id, link, signal);
    expect(store.attachments).toEqual([{ issueId: id, ...link }]);
  });
});
