import { describe, expect, it } from "vitest";
import plugin, { LinearTrackerAdapter, LinearTrackerExtension } from "./index.ts";

const read = async (options: unknown): Promise<unknown> => {
  const result = await plugin.configSchema["~standard"].validate(options);
  return result.issues === undefined
    ? result.value
    : result.issues.map(({ message }) => message).join();
};

const host = {
  folder: "/somewhere",
  repository: "/somewhere",
  logger: { log: () => {} },
  fetch: () => Promise.reject(new Error("nothing may be asked")),
  now: () => 0,
};

describe("the plugin", () => {
  it("reads its options in both spellings, keys of others left out", async () => {
    const read1 = { apiKey: "k", teamKey: "ENG", timeoutMs: undefined };
    expect(await read({ api_key: " k ", team_key: "ENG", path: "unused" })).toMatchObject(read1);
    expect(await read({ apiKey: "k", team: "ENG", timeout_ms: 5 })).toMatchObject({
      ...read1,
      timeoutMs: 5,
    });
    expect(
      await read({ token: "t", project: "p", claim_label: "l", webhook_secret: "w" }),
    ).toMatchObject({
      token: "t",
      projectSlug: "p",
      claimLabel: "l",
      webhookSecret: "w",
    });
    expect(await read({ token: "t", project_slug: "p", agent_sessions: false })).toMatchObject({
      agentSessions: false,
    });
  });

  it.each([
    [{ team_key: "ENG" }, "api_key"],
    [{ api_key: "k", token: "t", team_key: "ENG" }, "api_key"],
    [{ api_key: "k" }, "team_key"],
    [{ api_key: "k", team_key: " " }, "blank"],
    [{ api_key: "k", team_key: "ENG", endpoint: "http://linear.example.invalid" }, "https"],
    [{ api_key: "k", team_key: "ENG", endpoint: "https://user:word@example.invalid" }, "https"],
    [{ api_key: "k", team_key: "ENG", timeout_ms: 0 }, ">="],
    [null, "object"],
  ])("refuses %j", async (options, message) => {
    expect(String(await read(options)).toLowerCase()).toContain(message);
  });

  it("makes the adapter that the options ask for, and asks nothing", async () => {
    const base = { teamKey: "ENG" };
    const plain = await plugin.create({ ...base, apiKey: "k" }, host);
    expect(plain).toBeInstanceOf(LinearTrackerAdapter);
    expect(plain).not.toBeInstanceOf(LinearTrackerExtension);
    expect(plain).toMatchObject({ claim: undefined, release: undefined, webhook: undefined });
    for (const name of ["reportActivity", "agentTools"]) expect(name in plain).toBe(false);
    const agent = await plugin.create({ ...base, token: "t", webhookSecret: "w" }, host);
    expect(agent).toBeInstanceOf(LinearTrackerExtension);
    expect(agent.agentTools?.().map(({ name }) => name)).toEqual(["linear_update_plan"]);
    expect(agent).toMatchObject({ webhook: expect.any(Function), claim: expect.any(Function) });
  });
});
