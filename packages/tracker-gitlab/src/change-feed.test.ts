import type { TrackerChanges } from "@signalbox/contracts";
import { expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

const desk = useDesk();

function ids(changes: TrackerChanges): readonly string[] {
  return changes.kind === "unchanged" ? [] : changes.issues.map(({ id }) => id);
}

it("R-301 a label that moves no date is told of, since GitLab moves it once in a minute", async () => {
  const { gitlab, tracker, pass } = desk();
  gitlab.project.add({ iid: 1 });
  const adapter = tracker();
  let { cursor } = await adapter.fetchChanges(null, soon());
  for (const state of ["in-progress", "needs-human"]) {
    pass(25_000);
    const before = gitlab.project.get(1).updatedAt;
    gitlab.project.change(1, { labels: [`status::${state}`] });
    expect(gitlab.project.get(1).updatedAt).toBe(before);
    const changes = await adapter.fetchChanges(cursor, soon());
    expect(changes).toMatchObject({ kind: "changes", issues: [{ id: "1", state }] });
    ({ cursor } = changes);
  }
});

it("R-326 a poll in which nothing happens is one request, for less than two minutes", async () => {
  const { gitlab, tracker, pass } = desk();
  for (let iid = 1; iid <= 3; iid += 1) gitlab.project.add({ iid });
  const adapter = tracker();
  const { cursor } = await adapter.fetchChanges(null, soon());
  for (let poll = 0; poll < 4; poll += 1) {
    pass(120_000);
    gitlab.takeRequests();
    expect(await adapter.fetchChanges(cursor, soon())).toEqual({ kind: "unchanged", cursor });
    const [path = "", ...others] = gitlab.takeRequests();
    expect(others).toEqual([]);
    const since = new URL(path.slice(4), gitlab.endpoint).searchParams.get("updated_after") ?? "";
    const now = Date.now() + gitlab.project.skewMs;
    expect(now - Date.parse(since)).toBeGreaterThan(200_000);
    expect(now - Date.parse(since)).toBeLessThan(220_000);
  }
});

it("R-320 what moves to another project is gone at once, what is deleted with the next full read", async () => {
  const { gitlab, tracker, pass } = desk();
  for (let iid = 1; iid <= 3; iid += 1) gitlab.project.add({ iid });
  const adapter = tracker();
  const first = await adapter.fetchChanges(null, soon());
  gitlab.project.change(2, { state: "closed", movedTo: 99 });
  gitlab.project.issues.delete(3);
  const second = await adapter.fetchChanges(first.cursor, soon());
  expect(second).toMatchObject({ kind: "changes", issues: [], removedIds: ["2"] });
  expect(await adapter.fetchChanges(second.cursor, soon())).toMatchObject({ kind: "unchanged" });
  pass(600_000);
  const full = await adapter.fetchChanges(second.cursor, soon());
  expect([full.kind, ids(full)]).toEqual(["full", ["1"]]);
  expect(await adapter.fetchIssuesByIds(["2", "3"], soon())).toEqual([]);
});

it("an open issue that slides to a page that was read is not gone", async () => {
  const { gitlab, tracker } = desk();
  for (let iid = 1; iid <= 101; iid += 1) gitlab.project.add({ iid });
  const adapter = tracker();
  await adapter.fetchChanges(null, soon());
  gitlab.failNext(/^GET .*issues$/, (request, land) => {
    const reply = land();
    if (request.url.searchParams.get("state") === "opened") {
      gitlab.project.change(1, { state: "closed" });
    }
    return reply;
  });
  const again = await adapter.fetchChanges(null, soon());
  expect(new Set(ids(again)).size).toBe(101);
  expect(gitlab.takeRequests().some((path) => path.includes("iids[]=101"))).toBe(true);
});

it("R-322 an issue changes when the one that it waits for does", async () => {
  const { gitlab, tracker, pass } = desk();
  gitlab.project.isPremium = true;
  gitlab.project.add({ iid: 1, blockedBy: [2] });
  gitlab.project.add({ iid: 2 });
  const adapter = tracker();
  const { cursor } = await adapter.fetchChanges(null, soon());
  pass(200_000);
  expect(await adapter.fetchChanges(cursor, soon())).toMatchObject({ kind: "unchanged" });
  pass(200_000);
  gitlab.project.change(2, { state: "closed", labels: [] });
  expect(await adapter.fetchChanges(cursor, soon())).toMatchObject({
    issues: [
      { id: "1", blockedBy: [{ id: "2", state: "done", stateKind: "completed" }] },
      { id: "2" },
    ],
  });
});

it("R-326 links cost the first poll a request each, those after it none, and running issues never", async () => {
  const { gitlab, tracker } = desk();
  gitlab.project.isPremium = true;
  for (let iid = 1; iid <= 20; iid += 1) gitlab.project.add({ iid });
  const adapter = tracker();
  let { cursor } = await adapter.fetchChanges(null, soon());
  expect(gitlab.takeRequests().filter((path) => path.includes("/links"))).toHaveLength(20);
  for (const iid of gitlab.project.issues.keys()) {
    gitlab.project.change(iid, { labels: ["status::in-progress"] });
  }
  ({ cursor } = await adapter.fetchChanges(cursor, soon()));
  await adapter.fetchChanges(cursor, soon());
  await adapter.fetchChanges(null, soon());
  expect(gitlab.takeRequests().filter((path) => path.includes("/links"))).toEqual([]);
});

it.each([0, 600_000, -600_000])(
  "links are read again after a change, once more when dates move again, and every hour, by a clock %i ms off",
  async (skewMs) => {
    const { gitlab, tracker, pass } = desk();
    gitlab.project.isPremium = true;
    gitlab.project.skewMs = skewMs;
    gitlab.project.add({ iid: 1 });
    gitlab.project.add({ iid: 2, labels: ["status::in-progress"] });
    const adapter = tracker();
    let { cursor } = await adapter.fetchChanges(null, soon());
    const poll = async (): Promise<number> => {
      gitlab.takeRequests();
      ({ cursor } = await adapter.fetchChanges(cursor, soon()));
      return gitlab.takeRequests().filter((path) => path.includes("/links")).length;
    };
    pass(30_000);
    // The link comes while the date stands still.
    gitlab.project.change(1, { blockedBy: [2] });
    expect(await poll()).toBe(0);
    pass(65_000);
    expect(await poll()).toBe(1);
    pass(600_000);
    expect(await poll()).toBe(0);
    pass(3_600_000);
    expect(await poll()).toBe(1);
    gitlab.project.change(1, { title: "Another" });
    expect(await poll()).toBe(1);
    expect(await adapter.fetchIssuesByIds(["1"], soon())).toMatchObject([
      { blockedBy: [{ id: "2" }] },
    ]);
  },
);

it("a cursor of another process gives everything", async () => {
  const { gitlab, tracker } = desk();
  gitlab.project.add({ iid: 1 });
  const { cursor } = await tracker().fetchChanges(null, soon());
  expect(await tracker().fetchChanges(cursor, soon())).toMatchObject({ kind: "full" });
});
