import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentToolResult, AgentTools, JsonValue, TurnOutcome } from "@signalbox/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  fakeCodex,
  never,
  ofType,
  type OrderOverrides,
  startSession,
  type TestSession,
} from "./__fixtures__/start-session.ts";
import type { CodexOptions } from "./index.ts";

let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-codex-session-")));
});
afterAll(async () => {
  await rm(folder, { recursive: true, maxRetries: 5 });
});

type Played = TestSession & { readonly outcome: TurnOutcome };

function started(
  command: string,
  options: CodexOptions = {},
  order: OrderOverrides = {},
): Promise<TestSession> {
  return startSession({ command, env: { HOME: folder }, ...options }, { cwd: folder, ...order });
}

/** One turn with a program that plays `behaviour`. */
async function played(
  behaviour: string,
  detail = "",
  options: CodexOptions = {},
  order: OrderOverrides = {},
): Promise<Played> {
  const session = await started(fakeCodex(behaviour, detail), options, order);
  try {
    return { ...session, outcome: await session.session.runTurn("Do it", never) };
  } finally {
    await session.session.close();
  }
}

/** What the program was answered when it asked for these things, in the order that it asked. */
async function answersTo(
  requests: readonly Readonly<Record<string, JsonValue>>[],
  options: CodexOptions = {},
  order: OrderOverrides = {},
): Promise<Played & { answers: readonly unknown[] }> {
  const messages = requests.map((request, index) => ({ ...request, id: index + 1 }));
  const session = await played("messages", JSON.stringify(messages), options, order);
  const said = ofType(session.events, "message").at(-1)?.text ?? "";
  const answers: { id: number }[] = said
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return { ...session, answers: answers.toSorted((a, b) => a.id - b.id) };
}

const approvals = [
  {
    method: "item/commandExecution/requestApproval",
    params: { command: "rm -rf /", reason: "to see" },
  },
  { method: "item/fileChange/requestApproval", params: { reason: null } },
  {
    method: "item/permissions/requestApproval",
    params: { permissions: { network: { enabled: true } } },
  },
  {
    method: "mcpServer/elicitation/request",
    params: { message: "Use a tool?", _meta: { codex_approval_kind: "mcp_tool_call" } },
  },
];

describe("what Codex asks for", () => {
  it.each(["accept-edits", "read-only"] as const)(
    "R-508 is denied with %s: what the sandbox allows is not asked for",
    async (permissions) => {
      const { answers, outcome, events } = await answersTo(approvals, { permissions });
      expect(outcome).toEqual({ kind: "succeeded" });
      expect(answers).toEqual([
        { id: 1, result: { decision: "decline" } },
        { id: 2, result: { decision: "decline" } },
        { id: 3, result: { permissions: {}, scope: "turn" } },
        { id: 4, result: { action: "decline", content: null, _meta: null } },
      ]);
      expect(ofType(events, "approval-requested")).toEqual([
        { type: "approval-requested", action: "Run rm -rf / (to see)", decision: "denied" },
        { type: "approval-requested", action: "Change files", decision: "denied" },
        {
          type: "approval-requested",
          action: 'Get permissions {"network":{"enabled":true}}',
          decision: "denied",
        },
        { type: "approval-requested", action: "Use a tool?", decision: "denied" },
      ]);
    },
  );

  it("R-508 is allowed with full", async () => {
    const { answers, events } = await answersTo(approvals, { permissions: "full" });
    expect(answers).toEqual([
      { id: 1, result: { decision: "accept" } },
      { id: 2, result: { decision: "accept" } },
      { id: 3, result: { permissions: { network: { enabled: true } }, scope: "turn" } },
      { id: 4, result: { action: "accept", content: {}, _meta: null } },
    ]);
    expect(ofType(events, "approval-requested").map(({ decision }) => decision)).toEqual(
      approvals.map(() => "allowed"),
    );
  });

  it("R-508 is refused and told of where nobody knows it", async () => {
    const { answers, outcome, events } = await answersTo([
      { method: "account/chatgptAuthTokens/refresh", params: {} },
      { method: "item/tool/call", params: { arguments: {} } },
    ]);
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(answers).toEqual([
      { id: 1, error: { code: -32_601, message: expect.stringMatching(/does not know account/) } },
      { id: 2, error: { code: -32_601, message: expect.stringMatching(/cannot be read/) } },
    ]);
    expect(ofType(events, "notice").map(({ text }) => text)).toContain(
      "Codex asked for what it cannot get: account/chatgptAuthTokens/refresh.",
    );
  });

  it("R-508 is refused where the line is too long to be read", async () => {
    const request = { method: "item/commandExecution/requestApproval", id: 1 };
    const params = { command: "x".repeat(100_000) };
    const detail = JSON.stringify([{ ...request, params }]);
    const { events } = await played("messages", detail, {}, { limits: { maxLineBytes: 65_536 } });
    expect(ofType(events, "message").at(-1)?.text).toContain("The request is too long.");
  });

  it.each([
    [
      "item/tool/requestUserInput",
      { questions: [{ question: "Which?", options: [{ label: "a" }, { label: "b" }] }] },
      "Which? (a / b)",
    ],
    ["item/tool/requestUserInput", { questions: "?" }, "The agent asks for a person."],
    ["mcpServer/elicitation/request", { message: "Your name?", _meta: null }, "Your name?"],
  ])(
    "R-510 ends the turn where a person has to answer: %s %j",
    async (method, params, question) => {
      const { outcome, events } = await played(
        "messages",
        JSON.stringify([{ method, id: 1, params }]),
      );
      expect(outcome).toEqual({ kind: "needs-input", question });
      expect(ofType(events, "input-requested")).toEqual([{ type: "input-requested", question }]);
    },
  );
});

function call(tool: string, input: JsonValue): Readonly<Record<string, JsonValue>> {
  return { method: "item/tool/call", params: { callId: "c", tool, arguments: input } };
}

function tools(result: () => Promise<AgentToolResult>): AgentTools {
  const inputSchema = { type: "object" };
  return {
    list: () => [{ name: "note", description: "Takes a note.", inputSchema }],
    call: result,
    mcp: null,
  };
}

function textOf(success: boolean, text: string): unknown {
  return { success, contentItems: [{ type: "inputText", text }] };
}

describe("the run's own tools", () => {
  it("R-520 are performed by the host", async () => {
    const calls: unknown[] = [];
    const host = tools(async () => ({ kind: "ok", output: { noted: true } }));
    const listening: AgentTools = {
      ...host,
      call: async (name, input, signal) => {
        calls.push([name, input]);
        return host.call(name, input, signal);
      },
    };
    const { answers, transcript } = await answersTo(
      [call("note", { text: "hi" })],
      {},
      { tools: listening },
    );
    expect(calls).toEqual([["note", { text: "hi" }]]);
    expect(answers).toEqual([{ id: 1, result: textOf(true, '{"noted":true}') }]);
    expect(transcript.find((line) => line.includes("thread/start"))).toContain(
      '"dynamicTools":[{"type":"function","name":"note"',
    );
  });

  it("R-509 an unknown one, a failing one and a throwing one get a failure, and the turn goes on", async () => {
    const failing = tools(async () => {
      return { kind: "failed", code: "bad-input", message: "no text", retryable: false };
    });
    const throwing = tools(async () => Promise.reject(new Error("gone")));
    const unknown = await answersTo([call("nope", {})], {}, { tools: failing });
    expect(unknown.answers).toEqual([
      {
        id: 1,
        result: textOf(false, '{"code":"unknown-tool","message":"There is no tool nope."}'),
      },
    ]);
    expect(unknown.outcome).toEqual({ kind: "succeeded" });
    const failed = await answersTo([call("note", {})], {}, { tools: failing });
    expect(failed.answers).toEqual([
      {
        id: 1,
        result: textOf(false, '{"code":"bad-input","message":"no text","retryable":false}'),
      },
    ]);
    const thrown = await answersTo([call("note", {})], {}, { tools: throwing });
    expect(thrown.answers).toEqual([
      { id: 1, result: textOf(false, '{"code":"tool-failed","message":"gone"}') },
    ]);
  });
});

describe("the start of a session", () => {
  it.each([
    [{ sandbox: { type: "dangerFullAccess" } }, /sandbox dangerFullAccess, and workspaceWrite/],
    [{ sandbox: { type: "workspaceWrite", networkAccess: true } }, /with the network/],
    [{ approvalPolicy: "never" }, /approval policy never, and on-request/],
    [{ thread: {} }, /which session/],
  ])("R-503 is given up where Codex runs with something else: %j", async (settings, message) => {
    const command = fakeCodex("other-settings", JSON.stringify(settings));
    await expect(started(command)).rejects.toMatchObject({
      code: "agent-protocol",
      message: expect.stringMatching(message),
    });
  });

  it("R-502 tells of a version that was not tested", async () => {
    const { events } = await played("old");
    expect(ofType(events, "notice")).toContainEqual({
      type: "notice",
      level: "warn",
      text: "Codex 0.100.0 is in use; 0.169.0 is what was tested.",
    });
  });

  it("R-502 is given up where Codex does not say its version", async () => {
    await expect(started(fakeCodex("no-version"))).rejects.toMatchObject({
      code: "agent-protocol",
      remedy: expect.stringMatching(/@openai\/codex@0\.169\.0/),
    });
  });

  it("R-513 is given up where nobody is logged in", async () => {
    const settings = JSON.stringify({ modelProvider: "openai" });
    await expect(started(fakeCodex("other-settings", settings))).rejects.toMatchObject({
      code: "auth",
      remedy: expect.stringMatching(/codex login/),
    });
  });

  it.each([{ program: "no-such-codex", command: null }, { command: "no-such-codex app-server" }])(
    "R-517 says how to install what is missing: %j",
    async (options) => {
      await expect(startSession(options, { cwd: folder })).rejects.toMatchObject({
        code: "agent-not-found",
        remedy: expect.stringMatching(/npm install -g @openai\/codex@0\.169\.0/),
      });
    },
  );

  it("R-517 says what a program that ends at once has said", async () => {
    const command = "echo 'Error: no config' >&2; exit 3";
    await expect(started(command)).rejects.toMatchObject({
      code: "agent-exit",
      message: "Codex exited with code 3 before it was ready: Error: no config",
    });
  });
});

describe("a turn", () => {
  it("R-512 fails where the program ends without a word of it, also with exit code 0", async () => {
    const { outcome } = await played("exit", "0");
    expect(outcome).toEqual({
      kind: "failed",
      code: "agent-exit",
      retryable: true,
      message: "Codex exited with code 0 in the middle of a turn",
    });
  });

  it.each([
    ["Input exceeds the maximum length of 1048576 characters.", "context-too-long", false],
    ["no such thread", "agent-error", true],
  ])("R-512 fails where Codex refuses it: %s", async (said, code, retryable) => {
    const { outcome } = await played("refuse-turn", said);
    const message = `Codex refuses the turn: ${said}`;
    expect(outcome).toEqual({ kind: "failed", code, retryable, message });
  });

  it("R-506 fails where its end is too long to be read", async () => {
    const { outcome } = await played("long-end", "", {}, { limits: { maxLineBytes: 65_536 } });
    expect(outcome).toMatchObject({ kind: "failed", code: "agent-protocol" });
  });

  it("R-513 does not wait for a rate limit for longer than it may", async () => {
    const limits = { primary: { usedPercent: 100, resetsAt: 2_524_608_000 }, secondary: null };
    const codexErrorInfo = { responseStreamDisconnected: { httpStatusCode: 429 } };
    const messages = [
      { method: "account/rateLimits/updated", params: { rateLimits: limits } },
      {
        method: "error",
        params: { error: { message: "Reconnecting...", codexErrorInfo }, willRetry: true },
      },
    ];
    const session = await started(fakeCodex("waiting", JSON.stringify(messages)), {
      rateLimitPatienceMs: 100,
    });
    expect(await session.session.runTurn("Do it", never)).toEqual({
      kind: "quota-exhausted",
      pool: "fake",
      resetsAt: 2_524_608_000_000,
    });
    await session.session.close();
  });

  it("runs as the example of the README does", async () => {
    const { session } = await started(fakeCodex("success"), { permissions: "accept-edits" });
    const outcome = await session.runTurn("Add a README", never);
    await session.close();
    expect(outcome).toEqual({ kind: "succeeded" });
  });

  it("R-501 a prompt that looks like a command is none", async () => {
    const session = await started(fakeCodex("echo"));
    const prompt = `$(touch ${join(folder, "ran")}) '; touch ${join(folder, "ran")} #`;
    await session.session.runTurn(prompt, never);
    await session.session.close();
    expect(ofType(session.events, "message").at(-1)?.text).toBe(prompt);
    expect(existsSync(join(folder, "ran"))).toBe(false);
  });
});
