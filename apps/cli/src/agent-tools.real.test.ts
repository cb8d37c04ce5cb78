import { lookUpAgent, type ModelServer, scenario, startModelServer } from "@signalbox/model-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { playIssue } from "./__fixtures__/agent-of-memory.ts";

const body = "The real agent was here.";
const claude = lookUpAgent("claude-code");
const codex = lookUpAgent("codex");
const claudeOverAcp = lookUpAgent("claude-agent-acp");
const gemini = lookUpAgent("gemini-cli");

let server: ModelServer;

/** The model calls the run's tool `comment`, if the agent offers it one of that name. */
function played(...commands: readonly string[]): string {
  return server.scenarioUrl(scenario("tool", "comment", JSON.stringify({ body }), ...commands));
}

/** What stands below the issue after one run, and which tools the agent has called. */
async function afterRun(backend: string, options: object): Promise<readonly unknown[]> {
  const agent = `agent: { backend: ${backend}, max_continuations: 0, max_failures: 1, max_turns: 1 }`;
  const settings = `${agent}\nbackends: ${JSON.stringify({ [backend]: options })}\n`;
  const found: unknown[] = [];
  await playIssue(settings, ({ logged, tracker }) => {
    found.push(...tracker.comments("a").map((comment) => comment.body));
    const calls = logged.filter(({ message }) => message === "The agent called a tool.");
    found.push(...calls.map(({ fields }) => [fields["tool"], fields["result"]]));
  });
  return found;
}

const expected = expect.arrayContaining([
  `**An agent of Signalbox writes:**\n\n${body}`,
  ["comment", "ok"],
]);

beforeAll(async () => {
  server = await startModelServer();
});

afterAll(async () => {
  await server.close();
});

describe("a tool of the run is called by", { timeout: 90_000 }, () => {
  it.skipIf(!claude.isInstalled)("the real claude, over MCP", async () => {
    const found = await afterRun("claude-code", {
      program: claude.isInstalled ? claude.program[0] : "claude",
      env: { ANTHROPIC_BASE_URL: played(), ANTHROPIC_API_KEY: "sk-ant-not-a-real-key" },
    });
    expect(found).toEqual(expected);
  });

  it.skipIf(!codex.isInstalled)("the real codex, as one of its own", async () => {
    const local = {
      name: "local",
      base_url: `${played()}/v1`,
      env_key: "LOCAL_KEY",
      wire_api: "responses",
    };
    const found = await afterRun("codex", {
      program: codex.isInstalled ? codex.program[0] : "codex",
      model: "local-model",
      modelProvider: "local",
      config: { model_providers: { local } },
      env: { LOCAL_KEY: "sk-not-a-real-key" },
    });
    expect(found).toEqual(expected);
  });

  it.skipIf(!claudeOverAcp.isInstalled)("the real claude, over ACP and MCP", async () => {
    const found = await afterRun("acp", {
      agent: "claude",
      program: claudeOverAcp.isInstalled ? claudeOverAcp.program : [],
      permissions: "full",
      // It begins before it has asked which tools there are.
      env: { ANTHROPIC_BASE_URL: played("sleep 3"), ANTHROPIC_API_KEY: "sk-ant-not-a-real-key" },
    });
    expect(found).toEqual(expected);
  });

  it.skipIf(!gemini.isInstalled)("the real gemini, by signalbox-tool in its PATH", async () => {
    const command = `signalbox-tool call comment '${JSON.stringify({ body })}'`;
    const found = await afterRun("acp", {
      agent: "gemini",
      program: gemini.isInstalled ? [...gemini.program, "--acp"] : [],
      permissions: "full",
      env: {
        GOOGLE_GEMINI_BASE_URL: server.scenarioUrl(scenario("run", command)),
        GEMINI_API_KEY: "not-a-real-key",
      },
    });
    expect(found).toEqual(expected);
  });
});
