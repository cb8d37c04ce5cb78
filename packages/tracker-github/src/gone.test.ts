import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

const desk = useDesk();
const moved = (to: string) => () => ({
  status: 301,
  body: { message: "Moved Permanently", url: to },
  headers: { location: to },
});

describe("issues by id", () => {
  it("R-303 asks nothing where no id is asked for", async () => {
    const { github, tracker } = desk();
    const project = { owner: "tide", number: 3, field: "Status" };
    const adapter = tracker({ stateSource: "project", project });
    expect(await adapter.fetchIssuesByIds([], soon())).toEqual([]);
    expect(await adapter.fetchIssuesByIds(["0", "tide/charts#1", "-3"], soon())).toEqual([]);
    expect(github.takeRequests()).toEqual([]);
  });

  it.each([404, 410])("R-320 %i is gone while the repository is there", async (status) => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    github.failNext(/issues\/7$/, () => ({ status, body: { message: "Gone" } }));
    const issues = await tracker().fetchIssuesByIds(["7", "1"], soon());
    expect(issues.map(({ id }) => id)).toEqual(["1"]);
  });

  it("R-320 a transferred issue is gone, and is not followed", async () => {
    const { github, tracker } = desk();
    github.failNext(/issues\/7$/, moved(`${github.endpoint}/repositories/1/issues/3`));
    expect(await tracker().fetchIssuesByIds(["7"], soon())).toEqual([]);
    expect(github.takeRequests()).toEqual([
      "GET /repos/tide/tables/issues/7",
      "GET /repos/tide/tables",
    ]);
  });

  it("R-320 404 for every issue of a repository that the token lost is an error", async () => {
    const { github, tracker } = desk();
    github.failNext(/./, () => ({ status: 404, body: { message: "Not Found" } }), 9);
    await expect(tracker().fetchIssuesByIds(["1", "2"], soon())).rejects.toMatchObject({
      code: "tracker_config",
      message: expect.stringContaining("tide/tables"),
    });
  });

  it("R-320 a renamed repository is an error that says so", async () => {
    const { github, tracker } = desk();
    github.failNext(/./, moved(`${github.endpoint}/repositories/1`), 9);
    for (const call of [
      () => tracker().fetchIssuesByIds(["1"], soon()),
      () => tracker().fetchChanges(null, soon()),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: "tracker_config",
        message: expect.stringContaining("renamed or transferred"),
      });
    }
  });

  it.each([401, 403, 429, 500, 503])("R-320 %i is an error and no absence", async (status) => {
    const { github, tracker } = desk();
    github.failNext(/issues\/1$/, () => ({ status, body: { message: "No" } }));
    await expect(tracker().fetchIssuesByIds(["1"], soon())).rejects.toThrow(
      String(status === 429 ? "rate limit" : status),
    );
  });

  it("R-308 a requested record that is no issue fails the call", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1, overrides: { state: "ajar" } });
    await expect(tracker().fetchIssuesByIds(["1"], soon())).rejects.toMatchObject({
      code: "tracker_payload",
      message: expect.stringContaining("#1"),
    });
    github.repository.change(1, { overrides: { number: 2 } });
    await expect(tracker().fetchIssuesByIds(["1"], soon())).rejects.toMatchObject({
      code: "tracker_payload",
    });
  });

  it.each([51, 101])(
    "R-318 %i ids cost list pages, and single reads for closed ones alone",
    async (count) => {
      const { github, tracker } = desk();
      for (let number = 1; number <= count; number += 1) github.repository.add({ number });
      github.repository.change(3, { state: "closed", stateReason: "completed" });
      const ids = Array.from({ length: count }, (_, at) => String(count - at));
      const issues = await tracker().fetchIssuesByIds(ids, soon());
      expect(issues.map(({ id }) => id)).toEqual(ids);
      // 100 open issues fill a page: only the one behind it can say that there are no more.
      expect(github.takeRequests()).toHaveLength(1 + 1 + (count === 101 ? 1 : 0));
    },
  );
});

describe("lists", () => {
  it("R-320 no repository, and issues that are turned off, are told apart from no issues", async () => {
    const { github, tracker } = desk();
    const nowhere = tracker({ repository: "tide/nowhere" });
    await expect(nowhere.fetchChanges(null, soon())).rejects.toMatchObject({
      code: "tracker_config",
      remedy: expect.stringContaining("tracker.provider.repository"),
    });
    github.failNext(/issues$/, () => ({ status: 410, body: { message: "Issues are disabled" } }));
    await expect(tracker().fetchChanges(null, soon())).rejects.toMatchObject({
      code: "tracker_config",
      message: expect.stringContaining("turned off"),
    });
  });

  it("R-307 a record that is no issue is logged and dropped, and hides no other", async () => {
    const { github, tracker, logged } = desk();
    github.repository.add({ number: 1, overrides: { number: "one" } });
    github.repository.add({ number: 2, overrides: { state: "lost ".repeat(99_999) } });
    github.repository.add({ number: 3 });
    expect(await tracker().fetchChanges(null, soon())).toMatchObject({
      issues: [{ id: "3" }],
      problems: [{ where: expect.any(String) }, { where: "tide/tables #2" }],
    });
    expect(logged).toHaveLength(2);
    for (const line of logged) expect(line.length).toBeLessThan(1_000);
  });
});
