import { lookUpAgent, type ModelServer, scenario, startModelServer } from "@signalbox/model-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { playIssue } from "./__fixtures__/agent-of-memory.ts";

const body = "The real agent was here.";
const claude = lookUpAgent("claude-code");
const codex = lookUpAgent("codex");

let server: ModelServer;

/** The model calls the run's tool `comment`, if the agent offers it one of that name. */
function played(): string {
  return server.scenarioUrl(scenario("tool", "comment", JSON.stringify({ body })));
}

async function expectComment(backend: string, options: object): Promise<void> {
  const agent = `agent: { backend: ${backend}, max_continuations: 0, max_failures: 1, max_turns: 1 }`;
  const settings = `${agent}\nbackends: ${JSON.stringify({ [backend]: options })}\n`;
  await playIssue(settings, ({ logged, tracker }) => {
    const bodies = tracker.comments("a").map((comment) => comment.body);
    expect(bodies).toContain(`**An agent of Signalbox writes:**\n\n${body}`);
    expect(logged).toContainEqual({
      message: "The agent called a tool.",
      fields: expect.objectContaining({ tool: "comment", result: "ok" }),
    });
  });
}

beforeAll(async () => {
  server = await startModelServer();
});

afterAll(async () => {
  await server.close();
});

describe("a tool of the run is called by", { timeout: 90_000 }, () => {
  it.skipIf(!claude.isInstalled)("the real claude, over MCP", async () => {
    await expectComment("claude-code", {
      program: claude.isInstalled ? claude.program[0] : "claude",
      env: { ANTHROPIC_BASE_URL: played(), ANTHROPIC_API_KEY: "sk-ant-not-a-real-key" },
    });
  });

  it.skipIf(!codex.isInstalled)("the real codex, as one of its own", async () => {
    const local = {
      name: "local",
      base_url: `${played()}/v1`,
      env_key: "LOCAL_KEY",
      wire_api: "responses",
    };
    await expectComment("codex", {
      program: codex.isInstalled ? codex.program[0] : "codex",
      model: "local-model",
      modelProvider: "local",
      config: { model_providers: { local } },
      env: { LOCAL_KEY: "sk-not-a-real-key" },
    });
  });
});
