import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

const desk = useDesk();

describe("fetchChanges", () => {
  it("tells everything, then nothing, then what changed and what waits for it", async () => {
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
    expect(await adapter.fetchChanges(changes.cursor, soon())).toMatchObject({ kind: "unchanged" });
  });

  it("R-326 a poll is one request that costs no quota, however many issues run", async () => {
    const { github, tracker } = desk();
    for (let number = 1; number <= 250; number += 1) {
      github.repository.add({ number, labels: ["status:in-progress"] });
    }
    github.repository.add({ number: 300, blockedBy: [1] });
    const adapter = tracker();
    const { cursor } = await adapter.fetchChanges(null, soon());
    await adapter.fetchChanges(cursor, soon());
    github.takeRequests();
    expect(await adapter.fetchChanges(cursor, soon())).toMatchObject({ kind: "unchanged" });
    expect(github.requests).toMatchObject([{ status: 304, isQuotaFree: true }]);
    github.takeRequests();
    await adapter.fetchChanges(null, soon());
    // Three pages of open issues, one of closed ones: all as they were.
    expect(github.requests.map(({ isQuotaFree }) => isQuotaFree)).toEqual(
      Array.from({ length: 4 }, () => true),
    );
  });

  it("reads everything each ten minutes by itself, and for a cursor that is not its last", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker();
    const { cursor } = await adapter.fetchChanges(null, soon());
    expect((await adapter.fetchChanges("of another process", soon())).kind).toBe("full");
    const { cursor: next } = await adapter.fetchChanges(cursor, soon());
    desk().clockMs = 599_000;
    expect((await adapter.fetchChanges(next, soon())).kind).toBe("unchanged");
    desk().clockMs = 600_000;
    expect((await adapter.fetchChanges(next, soon())).kind).toBe("full");
  });

  it("R-320 looks again for an open issue that a full list lacks", async () => {
    const { github, tracker } = desk();
    for (let number = 1; number <= 150; number += 1) github.repository.add({ number });
    const adapter = tracker();
    await adapter.fetchChanges(null, soon());
    github.repository.issues.delete(5);
    // An issue of the first page is closed before the second is read: one slips over to the first.
    let isClosed = false;
    github.fault = ({ url }) => {
      if (url.searchParams.get("page") === "2" && !isClosed) {
        isClosed = true;
        github.repository.change(7, { state: "closed", stateReason: "completed" });
      }
      return null;
    };
    const full = await adapter.fetchChanges(null, soon());
    const ids = full.kind === "full" ? full.issues.map(({ id }) => Number(id)) : [];
    const all = Array.from({ length: 150 }, (_, at) => at + 1);
    expect(ids.toSorted((a, b) => a - b)).toEqual(all.filter((number) => number !== 5));
  });

  it("R-326 a full read asks again only for blockers whose changes no list tells of", async () => {
    const { github, tracker } = desk();
    const { repository } = github;
    for (const number of [1, 2, 3]) repository.add({ number });
    repository.change(2, { blockedBy: [1] });
    repository.change(3, { blockedBy: [1] });
    const adapter = tracker();
    const blockersAsked = (): readonly string[] =>
      github.takeRequests().filter((request) => request.includes("blocked_by"));
    const readAll = async (): Promise<readonly string[]> => {
      const changes = await adapter.fetchChanges(null, soon());
      if (changes.kind !== "full") throw new Error(changes.kind);
      return changes.issues.flatMap(({ blockedBy }) => blockedBy.map(({ state }) => state ?? "?"));
    };
    expect(await readAll()).toEqual(["todo", "todo"]);
    expect(blockersAsked()).toHaveLength(2);
    desk().clockMs += 600_000;
    repository.change(1, { state: "closed", stateReason: "completed" });
    expect(await readAll()).toEqual(["done", "done"]);
    expect(blockersAsked()).toHaveLength(0);
    // Another one of the same number of blockers: the issue's own date tells.
    repository.add({ number: 4, state: "open" });
    repository.change(3, { blockedBy: [4] });
    expect(await readAll()).toEqual(["done", "todo"]);
    expect(blockersAsked()).toHaveLength(1);
    desk().clockMs += 3_600_000;
    await readAll();
    expect(blockersAsked()).toHaveLength(2);
    await adapter.fetchIssuesByIds(["3"], soon());
    expect(blockersAsked()).toHaveLength(1);
  });

  it("R-322 blockers in other repositories, and what could not be read, are asked for in each full read", async () => {
    const { github, tracker } = desk();
    const { repository } = github;
    for (const number of [1, 2]) repository.add({ number });
    repository.change(2, { blockedBy: [1] });
    github.failNext(/blocked_by/, () => ({ status: 404, body: { message: "Not Found" } }));
    const adapter = tracker();
    const blockers = async (): Promise<unknown> => {
      const changes = await adapter.fetchChanges(null, soon());
      return changes.kind === "full"
        ? changes.issues.map(({ blockedBy }) => blockedBy[0]?.state)
        : null;
    };
    expect(await blockers()).toEqual([undefined, null]);
    desk().clockMs += 600_000;
    expect(await blockers()).toEqual([undefined, "todo"]);
    repository.change(1, {
      overrides: {
        repository_url: `${github.endpoint}/repos/tide/charts`,
        updated_at: "2026-01-05T08:00:00Z",
      },
    });
    desk().clockMs += 3_600_000;
    await blockers();
    repository.change(1, { state: "closed", stateReason: "completed" });
    desk().clockMs += 600_000;
    expect(await blockers()).toEqual([undefined, "done"]);
  });

  it("loses no change to a read that was given up", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    github.repository.add({ number: 2 });
    const adapter = tracker();
    const { cursor } = await adapter.fetchChanges(null, soon());
    github.repository.change(2, { blockedBy: [1] });
    github.failNext(/blocked_by/, () => ({ status: 500, body: {} }));
    await expect(adapter.fetchChanges(cursor, soon())).rejects.toThrow("500");
    expect(await adapter.fetchChanges(cursor, soon())).toMatchObject({
      kind: "changes",
      issues: [{ id: "2", blockedBy: [{ id: "1" }] }],
    });
  });

  it("R-313 loses no change of an issue whose page was read before it", async () => {
    const { github, tracker } = desk();
    const { repository } = github;
    for (let number = 1; number <= 150; number += 1) repository.add({ number });
    let isBetween = false;
    github.fault = ({ url }, land) => {
      if (url.searchParams.get("page") === "2" && !isBetween) {
        isBetween = true;
        repository.change(3, { title: "Changed after its page was read" });
        for (let second = 0; second < 60; second += 1) repository.now();
        repository.change(140, {});
      }
      const date = new Date(repository.now()).toUTCString();
      const reply = land();
      return { ...reply, headers: { ...reply.headers, date } };
    };
    const adapter = tracker();
    const { cursor } = await adapter.fetchChanges(null, soon());
    const changes = await adapter.fetchChanges(cursor, soon());
    expect(changes).toMatchObject({ issues: [{ title: "Changed after its page was read" }] });
  });

  it("R-326 a poll does not list again what changed before the last one, pull requests included", async () => {
    const { github, tracker } = desk();
    const { repository } = github;
    repository.add({ number: 1 });
    for (let number = 2; number <= 151; number += 1) {
      repository.add({ number, isPullRequest: true });
    }
    const adapter = tracker();
    const { cursor } = await adapter.fetchChanges(null, soon());
    for (let number = 2; number <= 151; number += 1) repository.change(number, {});
    expect((await adapter.fetchChanges(cursor, soon())).kind).toBe("unchanged");
    repository.change(2, {});
    github.takeRequests();
    expect((await adapter.fetchChanges(cursor, soon())).kind).toBe("unchanged");
    expect(github.takeRequests()).toHaveLength(1);
  });

  it("an empty repository is read from GitHub's own time on", async () => {
    const { github, tracker } = desk();
    const adapter = tracker();
    desk().clockMs = 86_400_000 * 365;
    const { cursor } = await adapter.fetchChanges(null, soon());
    github.repository.add({ number: 1, updatedAt: new Date().toISOString().replace(/\.\d+/, "") });
    expect(await adapter.fetchChanges(cursor, soon())).toMatchObject({ issues: [{ id: "1" }] });
  });

  it("follows labels that are renamed", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker();
    const { cursor } = await adapter.fetchChanges(null, soon());
    github.repository.change(1, { labels: ["status:ready"] });
    expect(await adapter.fetchChanges(cursor, soon())).toMatchObject({
      issues: [{ state: "ready" }],
    });
  });
});
