import { createEmulator } from "emulate";
import type { Emulator } from "emulate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { soon } from "./__fixtures__/desk.ts";
import { GithubTrackerAdapter } from "./github-tracker.ts";
import { ensureStatusLabels } from "./status-labels.ts";

const token = "ghp_of_the_emulator";
let github: Emulator;

beforeAll(async () => {
  github = await createEmulator({
    service: "github",
    port: 0,
    seed: {
      tokens: { [token]: { login: "harbour", scopes: ["repo", "user"] } },
      github: {
        users: [{ login: "harbour", name: "Harbour" }],
        repos: [{ owner: "harbour", name: "tables", auto_init: true }],
      },
    },
  });
});
afterAll(() => github.close());

/** Somebody else's server for GitHub's API: nothing of it is ours. */
describe("on the emulator", () => {
  it("reads, moves, comments, claims and closes", async () => {
    const place = { repository: "harbour/tables", token, endpoint: github.url };
    const post = async (path: string, body: object): Promise<void> => {
      const headers = { authorization: `token ${token}`, "content-type": "application/json" };
      const reply = await fetch(`${github.url}/repos/harbour/tables/${path}`, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      expect(reply.status).toBe(201);
    };
    const states = ["todo", "in-progress"];
    const report = await ensureStatusLabels({ ...place, states, writeIntervalMs: 0 }, soon());
    expect(report.created).toEqual(["status:todo", "status:in-progress"]);
    await post("issues", { title: "Predict heights", labels: ["status:todo", "P2"] });

    const tracker = new GithubTrackerAdapter({
      ...place,
      writeIntervalMs: 0,
      claimAssignee: "harbour",
    });
    const full = await tracker.fetchChanges(null, soon());
    expect(full).toMatchObject({
      kind: "full",
      issues: [{ identifier: "#1", state: "todo", priority: 2, notDispatchable: null }],
    });
    await tracker.claim?.("1", { key: "run-1" }, soon());
    const order = { from: "todo", to: "in-progress", key: "run-1" };
    expect(await tracker.transition("1", order, soon())).toMatchObject({
      kind: "confirmed",
      issue: { state: "in-progress", assignee: "harbour" },
    });
    await tracker.ensureComment("1", { key: "progress", body: "Started." }, soon());
    await tracker.ensureComment("1", { key: "progress", body: "Finished." }, soon());
    const done = { from: "in-progress", to: "done", key: "run-1" };
    expect(await tracker.transition("1", done, soon())).toMatchObject({
      kind: "confirmed",
      issue: { state: "done", stateKind: "completed", labels: ["p2"] },
    });
    const comments = await fetch(`${github.url}/repos/harbour/tables/issues/1/comments`);
    expect(await comments.json()).toMatchObject([{ body: expect.stringContaining("Finished.") }]);
    expect(await tracker.fetchChanges(full.cursor, soon())).toMatchObject({
      kind: "changes",
      issues: [{ id: "1", state: "done" }],
    });
    await tracker.close();
  });
});
