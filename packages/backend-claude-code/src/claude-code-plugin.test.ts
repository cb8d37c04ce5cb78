import type { PluginContext } from "@signalbox/contracts";
import { safeParse } from "valibot";
import { describe, expect, it } from "vitest";
import { claudeCodeSchema } from "./claude-code-schema.ts";
import { resolveOptions } from "./claude-code-options.ts";
import plugin, { ClaudeCodeBackend } from "./index.ts";
import { modelEndpoints } from "./model-endpoints.ts";
import { programArguments } from "./program-arguments.ts";
import { launchCommand, programEnvironment } from "./program-environment.ts";

function problems(options: unknown): string[] {
  return (safeParse(claudeCodeSchema, options).issues ?? []).map((issue) =>
    [issue.path?.map(({ key }) => String(key)).join("."), issue.message].join(": "),
  );
}

describe("options", () => {
  it("may be spelled in both ways", () => {
    const config = safeParse(claudeCodeSchema, { denied_tools: ["WebFetch"], maxRetries: 2 });
    expect(config.output).toMatchObject({
      options: { deniedTools: ["WebFetch"], maxRetries: 2, permissions: "accept-edits" },
      unknownKeys: [],
    });
  });

  it.each([
    [{ permissions: "bypass" }, /^permissions: /],
    [{ model: "--help" }, /^model: must not begin with -$/],
    [{ allowed_tools: ["--dangerously-skip-permissions"] }, /^allowed_tools\.0: must not begin/],
    [{ max_retries: -1 }, /^max_retries: /],
    [{ setting_sources: ["repository"] }, /^setting_sources\.0: /],
  ])("R-902 %j is refused with its key", (options, message) => {
    expect(problems(options)).toEqual([expect.stringMatching(message)]);
  });

  it("an unknown one is reported with the one that was meant", async () => {
    const warnings: string[] = [];
    const context: PluginContext = {
      folder: "/",
      repository: "/",
      logger: { log: (_level, message) => warnings.push(message) },
      fetch,
      now: Date.now,
    };
    const backend = await plugin.create({ options: {}, unknownKeys: ["permission"] }, context);
    expect(backend).toBeInstanceOf(ClaudeCodeBackend);
    expect(warnings).toEqual([
      "backends.claude-code.permission is not an option of this backend. Did you mean permissions?",
    ]);
  });
});

describe("the model's endpoints", () => {
  const gateway = "https://gateway.example.invalid";

  it("are Anthropic's, or those of the gateway", () => {
    expect(modelEndpoints({}, {})).toContain("https://api.anthropic.com");
    expect(modelEndpoints({}, { ANTHROPIC_BASE_URL: gateway })).toEqual([gateway]);
    const env = { ANTHROPIC_BASE_URL: `${gateway}/own` };
    expect(modelEndpoints({ env }, { ANTHROPIC_BASE_URL: gateway })).toEqual([`${gateway}/own`]);
  });
});

describe("how the program is started", () => {
  const conversation = { sessionId: "an-id", isResumed: false };
  const order = {
    tools: { list: () => [], call: () => Promise.reject(new Error("no tools")), mcp: null },
    limits: { startupTimeoutMs: 1, silenceTimeoutMs: 1, graceMs: 1, maxLineBytes: 4 },
  };

  it("R-519 nothing of the repository is read unless it is asked for", () => {
    const safe = programArguments(resolveOptions({}), conversation, order);
    expect(safe[safe.indexOf("--setting-sources") + 1]).toBe("");
    expect(safe).toContain("--strict-mcp-config");
    const trusting = resolveOptions({ settingSources: ["user", "project"] });
    const open = programArguments(trusting, conversation, order);
    expect(open[open.indexOf("--setting-sources") + 1]).toBe("user,project");
    expect(open).not.toContain("--strict-mcp-config");
  });

  it("R-520 the run's own tools are reached by their MCP bridge, and need no permission", () => {
    const mcp = { command: "node", args: ["bridge.js"] };
    const tools = { ...order.tools, mcp };
    const parameters = programArguments(resolveOptions({}), conversation, { ...order, tools });
    const config = parameters[parameters.indexOf("--mcp-config") + 1] ?? "";
    const signalbox = { type: "stdio", ...mcp, alwaysLoad: true };
    expect(JSON.parse(config)).toEqual({ mcpServers: { signalbox } });
    expect(parameters[parameters.indexOf("--allowedTools") + 1]).toBe("mcp__signalbox");
  });

  it("passes on what is left of a budget in money", () => {
    const limits = { ...order.limits, budget: { tokens: null, usd: 1.5 } };
    const parameters = programArguments(resolveOptions({}), conversation, { ...order, limits });
    expect(parameters[parameters.indexOf("--max-budget-usd") + 1]).toBe("1.5");
  });

  it("R-518 the environment has the login of Claude Code and no other secret", () => {
    const from = {
      PATH: "/bin",
      ANTHROPIC_API_KEY: "key",
      LINEAR_API_KEY: "no",
      GITHUB_TOKEN: "no",
      NODE_OPTIONS: "no",
    };
    expect(programEnvironment(resolveOptions({}), from, { SIGNALBOX_RUN_ID: "1" })).toEqual({
      PATH: "/bin",
      ANTHROPIC_API_KEY: "key",
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      CLAUDE_CODE_MAX_RETRIES: "5",
      DISABLE_AUTOUPDATER: "1",
      SIGNALBOX_RUN_ID: "1",
    });
  });

  it("R-518 leads to the configuration of the user only where the run has no home of its own", () => {
    const from = { CLAUDE_CONFIG_DIR: "/home/user/.claude" };
    expect(programEnvironment(resolveOptions({}), from, {})).toMatchObject(from);
    const ofRun = programEnvironment(resolveOptions({}), from, { HOME: "/agent" });
    expect(ofRun).not.toHaveProperty("CLAUDE_CONFIG_DIR");
  });

  it("without credentials in the environment there is no shell between", () => {
    expect(launchCommand("claude", ["-p"], { PATH: "/bin" })).toEqual(["claude", "-p"]);
  });
});
