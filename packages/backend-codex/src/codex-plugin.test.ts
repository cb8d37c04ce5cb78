import type { Logger } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import * as v from "valibot";
import codexPlugin, { CodexBackend } from "./index.ts";
import { codexSchema, type CodexConfig } from "./codex-schema.ts";

const defaults = v.parse(codexSchema, {}).options;

function read(keys: unknown): CodexConfig["options"] {
  return v.parse(codexSchema, keys).options;
}

/** What is wrong, by key. */
function problems(keys: unknown): readonly string[] {
  const { issues } = v.safeParse(codexSchema, keys);
  return (issues ?? []).map((issue) => v.getDotPath(issue) ?? "");
}

/** What the plugin logs when it is made with these keys. */
async function warnings(keys: unknown): Promise<readonly string[]> {
  const lines: string[] = [];
  const logger: Logger = { log: (_level, text) => void lines.push(text) };
  const context = { folder: "/", repository: "/", logger, fetch, now: Date.now };
  const backend = await codexPlugin.create(v.parse(codexSchema, keys), context);
  expect(backend).toBeInstanceOf(CodexBackend);
  return lines;
}

describe("options of a workflow file", () => {
  it("R-116 the keys of existing files mean what they say", () => {
    const options = read({
      command: "codex --config model_reasoning_effort=high app-server",
      approval_policy: "never",
      thread_sandbox: "workspace-write",
      turn_sandbox_policy: { type: "workspaceWrite" },
    });
    expect(options).toEqual({
      ...defaults,
      command: "codex --config model_reasoning_effort=high app-server",
      approvalPolicy: "never",
      permissions: "accept-edits",
    });
  });

  it.each([
    [{ thread_sandbox: "read-only" }, { permissions: "read-only" }],
    [{ thread_sandbox: "danger-full-access" }, { permissions: "full" }],
    [{ threadSandbox: "read-only", permissions: "full" }, { permissions: "full" }],
    [
      { thread_sandbox: "read-only", turn_sandbox_policy: { type: "dangerFullAccess" } },
      { permissions: "full" },
    ],
    [
      { turn_sandbox_policy: { type: "externalSandbox", networkAccess: "enabled" } },
      { permissions: "full", network: true },
    ],
    [
      {
        turn_sandbox_policy: {
          type: "workspaceWrite",
          network_access: true,
          writable_roots: ["/cache"],
        },
        writable_roots: ["/other"],
      },
      { network: true, writableRoots: ["/other", "/cache"] },
    ],
    [
      { approval_policy: { reject: { sandbox_approval: true, rules: true } } },
      {
        approvalPolicy: {
          granular: {
            sandbox_approval: false,
            rules: false,
            skill_approval: true,
            request_permissions: true,
            mcp_elicitations: true,
          },
        },
      },
    ],
    [
      { config: { model_reasoning_effort: "high" } },
      { config: { model_reasoning_effort: "high" } },
    ],
    [{ env: { A: 1, B: true } }, { env: { A: "1", B: "true" } }],
  ])("%j", (keys, options) => {
    expect(read(keys)).toEqual({ ...defaults, ...options });
  });

  it.each([
    [{ command: " " }, ["command"]],
    [{ approval_policy: "sometimes" }, ["approval_policy"]],
    [{ writable_roots: ["cache"] }, ["writable_roots.0"]],
    [{ turn_sandbox_policy: { type: "none" } }, ["turn_sandbox_policy.type"]],
    [{ pass_env: ["A-B"] }, ["pass_env.0"]],
    [{ config: { when: 1n } }, ["config"]],
  ])("refuses %s", (keys, keysAtFault) => {
    expect(problems(keys)).toEqual(keysAtFault);
  });

  it("reports keys that mean nothing here, and where their like is", async () => {
    const keys = { permission: "x", turn_timeout_ms: 1, read_timeout_ms: 1, permissions: "full" };
    expect(await warnings(keys)).toEqual([
      "backends.codex.permission is not an option of this backend. Did you mean permissions?",
      "backends.codex.turn_timeout_ms has no effect: write agent.turn_timeout_ms.",
      "backends.codex.read_timeout_ms has no effect: write agent.startup_timeout_ms.",
    ]);
  });
});

function endpoints(keys: unknown): readonly string[] | undefined {
  return codexPlugin.modelEndpoints?.(v.parse(codexSchema, keys));
}

describe("what a sandbox needs to know", () => {
  it("lends the login, and nothing that Codex starts programs from", () => {
    expect(codexPlugin.loginPaths).toEqual([".codex/auth.json"]);
    expect(codexPlugin.honoursContainment).toBe(true);
  });

  it("names where the model is", () => {
    const config = { model_providers: { local: { base_url: "http://127.0.0.1:8080/v1" } } };
    expect(endpoints({})).toContain("https://api.openai.com");
    expect(endpoints({ config })).toContain("https://api.openai.com");
    expect(endpoints({ config, model_provider: "local" })).toEqual(["http://127.0.0.1:8080/v1"]);
    expect(endpoints({ config: { ...config, model_provider: "local" } })).toEqual([
      "http://127.0.0.1:8080/v1",
    ]);
  });
});
