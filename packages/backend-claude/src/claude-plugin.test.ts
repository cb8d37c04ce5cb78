import type { LogLevel, PluginContext } from "@signalbox/contracts";
import * as v from "valibot";
import { afterEach, describe, expect, it, vi } from "vitest";
import { claudeSchema } from "./claude-schema.ts";
import plugin, { ClaudeBackend } from "./index.ts";

afterEach(() => vi.unstubAllEnvs());

describe("the options of a workflow file", () => {
  it("takes the vendor's own variables where the file names no key", () => {
    vi.stubEnv("ANTHROPIC_API_KEY", "from-environment");
    vi.stubEnv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1");
    expect(v.parse(claudeSchema, {}).options).toEqual({
      apiKey: "from-environment",
      baseUrl: "http://127.0.0.1:1",
    });
    expect(v.parse(claudeSchema, { api_key: "own", base_url: null }).options.apiKey).toBe("own");
  });

  it.each([undefined, ""])("R-517 says what to do without a key (%j)", (key) => {
    vi.stubEnv("ANTHROPIC_API_KEY", key);
    const { issues = [] } = v.safeParse(claudeSchema, { model: "claude-opus-5-5" });
    expect(issues).toHaveLength(1);
    expect(issues[0]?.message).toContain("ANTHROPIC_API_KEY");
    expect(issues[0] && v.getDotPath(issues[0])).toBe("api_key");
  });

  it("reads both spellings, and reports what it does not know", async () => {
    const { options, unknownKeys } = v.parse(claudeSchema, {
      apiKey: "key",
      max_tokens: 10,
      denyPaths: ["secrets"],
      permision: "x",
    });
    expect(options).toMatchObject({
      apiKey: "key",
      maxTokens: 10,
      denyPaths: ["secrets"],
    });
    expect(unknownKeys).toEqual(["permision"]);
    const logged: string[] = [];
    const backend = await plugin.create({ options, unknownKeys }, context(logged));
    expect(backend).toBeInstanceOf(ClaudeBackend);
    expect(logged).toEqual([
      "warn backends.claude.permision is not an option of this backend. Did you mean permissions?",
    ]);
  });

  it.each([
    [{ permissions: "all" }, "permissions"],
    [{ max_tokens: 0 }, "max_tokens"],
    [{ max_tokens: 200_000 }, "max_tokens"],
    [{ base_url: "nowhere" }, "base_url"],
    [{ deny_paths: ["/etc"] }, "deny_paths.0"],
    [{ deny_paths: ["a/../.."] }, "deny_paths.0"],
    [{ pass_env: ["A B"] }, "pass_env.0"],
    [{ model: " " }, "model"],
  ])("refuses %j", (given, path) => {
    const { issues = [] } = v.safeParse(claudeSchema, { api_key: "key", ...given });
    expect(issues.map((issue) => v.getDotPath(issue))).toContain(path);
  });
});

it("R-517 no session starts without a key", async () => {
  const backend = new ClaudeBackend({ apiKey: "" });
  const order = { limits: {}, signal: new AbortController().signal };
  await expect(backend.startSession(Object.assign(order))).rejects.toMatchObject({
    code: "auth",
    remedy: expect.stringContaining("ANTHROPIC_API_KEY") as string,
  });
});

function context(logged: string[]): PluginContext {
  return {
    folder: "/",
    repository: ".",
    logger: { log: (level: LogLevel, message) => logged.push(`${level} ${message}`) },
    fetch: globalThis.fetch,
    now: Date.now,
  };
}
