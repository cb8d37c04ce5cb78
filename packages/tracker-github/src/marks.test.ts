import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import { ensureStatusLabels } from "./status-labels.ts";

const desk = useDesk({ isInspected: true });
const order = { key: "run-1" };

describe("claim", () => {
  it("is not there where the workflow names no mark", () => {
    const adapter = desk().tracker();
    expect(adapter.claim).toBeUndefined();
    expect(adapter.release).toBeUndefined();
  });

  it("R-438 sets marks and takes them away, and none of them is a change of the issue", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1, labels: ["status:todo", "bug"] });
    const adapter = tracker({ claimAssignee: "signal-worker", claimLabel: "Agent at work" });
    await adapter.claim?.("1", order, soon());
    await adapter.claim?.("1", order, soon());
    expect(github.repository.issues.get(1)).toMatchObject({
      labels: ["status:todo", "bug", "Agent at work"],
      assignees: ["signal-worker"],
    });
    const [issue] = await adapter.fetchIssuesByIds(["1"], soon());
    expect(issue?.labels).toEqual(["bug"]);
    await adapter.release?.("1", order, soon());
    await adapter.release?.("1", order, soon());
    expect(github.repository.issues.get(1)).toMatchObject({
      labels: ["status:todo", "bug"],
      assignees: [],
    });
  });

  it("R-323 tells of an assignee or a label that GitHub dropped", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const stranger = tracker({ claimAssignee: "eve" });
    await expect(stranger.claim?.("1", order, soon())).rejects.toMatchObject({
      code: "tracker_config",
      message: expect.stringContaining("the assignee eve"),
    });
    github.repository.mayTriage = false;
    const label = tracker({ claimLabel: "busy" });
    await expect(label.claim?.("1", order, soon())).rejects.toThrow("the label busy");
  });
});

describe("ensureStatusLabels", () => {
  it("creates what is missing, and changes nothing that is there", async () => {
    const { github } = desk();
    const { token, endpoint } = github;
    github.repository.labels = ["Status:Todo", "bug"];
    const labels = {
      repository: "tide/tables",
      token,
      endpoint,
      states: ["todo", "in-progress", "needs-human", "in-progress"],
      writeIntervalMs: 0,
    };
    // Somebody else makes one at the same moment.
    github.failNext(/^POST/, (_, land) => {
      land();
      return land();
    });
    expect(await ensureStatusLabels(labels, soon())).toEqual({
      created: ["status:needs-human"],
      existing: ["status:todo", "status:in-progress"],
    });
    expect(github.repository.labels).toEqual([
      "Status:Todo",
      "bug",
      "status:in-progress",
      "status:needs-human",
    ]);
    github.failNext(/^POST/, () => ({
      status: 422,
      body: { message: "Validation Failed", errors: [{ code: "invalid" }] },
    }));
    const wrong = { ...labels, states: ["x"] };
    await expect(ensureStatusLabels(wrong, soon())).rejects.toMatchObject({
      code: "tracker_status",
    });
    const plain = { ...labels, endpoint: "http://github.example" };
    await expect(ensureStatusLabels(plain, soon())).rejects.toMatchObject({
      code: "tracker_config",
    });
    const nowhere = { ...labels, repository: "nowhere" };
    await expect(ensureStatusLabels(nowhere, soon())).rejects.toMatchObject({
      code: "tracker_config",
    });
  });
});
