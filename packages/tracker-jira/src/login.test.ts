import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

const desk = useDesk();

describe("a token that Cloud does not know", () => {
  const refused = {
    code: "tracker_auth",
    retryable: false,
    remedy: expect.stringContaining("API token"),
  };

  it.each([true, false])("R-320 is nobody, whom it shows no project; told: %s", async (isTold) => {
    const { jira, tracker } = desk();
    jira.tellsLogins = isTold;
    const { id } = jira.world.add();
    const adapter = tracker();
    const { cursor } = await adapter.fetchChanges(null, soon());
    jira.token = "another";
    await expect(adapter.fetchChanges(cursor, soon())).rejects.toMatchObject(refused);
    await expect(adapter.fetchIssuesByIds([id], soon())).rejects.toMatchObject(refused);
    await expect(tracker({ token: "old" }).fetchChanges(null, soon())).rejects.toMatchObject(
      refused,
    );
  });

  it("R-320 is not taken for one that sees less, where everybody sees the project", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    const adapter = tracker();
    await adapter.fetchChanges(null, soon());
    const headers = { "x-seraph-loginreason": "AUTHENTICATED_FAILED" };
    const body = { issues: [], issueErrors: [] };
    jira.failNext(/bulkfetch/, () => ({ status: 200, headers, body }));
    await expect(adapter.fetchIssuesByIds([id], soon())).rejects.toMatchObject(refused);
    // One of several ways in led there.
    const heard = { "x-seraph-loginreason": "AUTHENTICATED_FAILED, OK" };
    jira.failNext(/bulkfetch/, (_, land) => ({ ...land(), headers: heard }));
    expect(await adapter.fetchIssuesByIds([id], soon())).toHaveLength(1);
  });
});

describe("what is not there", () => {
  it("R-320 issues of a project that this token may not see any more have no end", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    const adapter = tracker();
    const { cursor } = await adapter.fetchChanges(null, soon());
    jira.world.isVisible = false;
    const hidden = { code: "tracker_config", message: expect.stringContaining("no project") };
    await expect(adapter.fetchIssuesByIds([id], soon())).rejects.toMatchObject(hidden);
    await expect(adapter.fetchChanges(cursor, soon())).rejects.toMatchObject(hidden);
    await expect(adapter.fetchChanges(null, soon())).rejects.toMatchObject(hidden);
  });

  it("R-320 a token that is not known is tracker_auth, JQL that is wrong says so", async () => {
    const { jira, tracker } = desk();
    await expect(tracker({ token: "revoked" }).fetchChanges(null, soon())).rejects.toMatchObject({
      code: "tracker_auth",
      retryable: false,
      remedy: expect.stringContaining("API token"),
    });
    await expect(tracker({ jql: "colour = red" }).fetchChanges(null, soon())).rejects.toMatchObject(
      {
        code: "tracker_status",
        message: expect.stringContaining("Field 'colour' does not exist"),
      },
    );
    expect(jira.problems).toEqual([]);
  });
});
