import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentEvent, TurnOutcome } from "@signalbox/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scripted } from "./__fixtures__/scripted.ts";
import {
  never,
  type OrderOverrides,
  startSession,
  type TestSession,
} from "./__fixtures__/start-session.ts";
import { type AcpOptions, AcpBackend } from "./index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "signalbox-acp-"));
});
afterEach(async () => rm(folder, { recursive: true, maxRetries: 5 }));

const start = (
  scenario: string,
  options: AcpOptions = {},
  order: OrderOverrides = {},
): Promise<TestSession> =>
  startSession({ program: scripted(scenario, folder), ...options }, { cwd: folder, ...order });

async function turn(
  scenario: string,
  prompt: string,
  order: OrderOverrides = {},
): Promise<TestSession & { readonly outcome: TurnOutcome }> {
  const test = await start(scenario, {}, order);
  const outcome = await test.session.runTurn(prompt, never);
  await test.session.close();
  return { ...test, outcome };
}

const notices = (events: readonly AgentEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === "notice" ? [event.text] : []));

const kept = async (name: string): Promise<string> => readFile(join(folder, name), "utf8");

describe("the start of a session", () => {
  it("R-503 sets the agent's mode, and shows what holds", async () => {
    const { session, events } = await start("success", { mode: "plan", permissions: "read-only" });
    await session.close();
    expect(await kept("mode")).toBe("plan");
    expect(events).toEqual([
      { type: "session-started", sessionId: session.sessionId, model: null },
      {
        type: "notice",
        level: "info",
        text: "Scripted 1.2.3, ACP 1, permissions read-only, mode plan, repository's settings as the agent likes",
      },
    ]);
  });

  it("R-503 refuses a mode that the agent does not have", async () => {
    await expect(start("success", { mode: "fast" })).rejects.toMatchObject({
      code: "setup",
      message: "The agent has no mode fast. It has: default, plan",
    });
  });

  it("R-502 refuses another version of the protocol", async () => {
    await expect(start("old")).rejects.toMatchObject({
      code: "agent-protocol",
      message: "Scripted 1.2.3 speaks version 2 of the Agent Client Protocol, and this is 1",
    });
  });

  it("R-513 says how to log in where the agent wants a login, and logs in where it is told how", async () => {
    await expect(start("login")).rejects.toMatchObject({
      code: "auth",
      retryable: false,
      remedy: expect.stringContaining("backends.acp.auth_method: token (Token)"),
    });
    await expect(start("login", { authMethod: "key" })).rejects.toMatchObject({
      code: "auth",
      remedy: "Set backends.acp.auth_method to one that it offers: token.",
    });
    const { session } = await start("login", { authMethod: "token" });
    await session.close();
    expect(await kept("login")).toBe("token");
  });

  it("R-519 gives the agent the run's own tools, and no other servers", async () => {
    const tools = { list: () => [], call: () => Promise.reject(new Error("none")) };
    await (await start("success")).session.close();
    expect(JSON.parse(await kept("session.json"))).toEqual({ cwd: folder, mcpServers: [] });
    const mcp = { command: "bridge", args: ["--stdio"] };
    await (await start("success", {}, { tools: { ...tools, mcp } })).session.close();
    expect(JSON.parse(await kept("session.json")).mcpServers).toEqual([
      { name: "signalbox", ...mcp, env: [] },
    ]);
  });

  it("R-519 keeps the repository's settings from a known agent, unless they are let in", async () => {
    const options = { agent: "claude", mode: "default" } as const;
    await (await start("success", options)).session.close();
    expect(JSON.parse(await kept("session.json"))).toMatchObject({
      _meta: { claudeCode: { options: { settingSources: [], strictMcpConfig: true } } },
    });
    await (await start("success", { ...options, projectSettings: true })).session.close();
    expect(JSON.parse(await kept("session.json"))).not.toHaveProperty("_meta");
  });

  it("R-517 says how to install a known agent that is missing", async () => {
    const missing = { agent: "gemini", program: ["/no/gemini"] } as const;
    await expect(start("success", missing)).rejects.toMatchObject({
      code: "agent-not-found",
      remedy: "Install it with npm install -g @google/gemini-cli@0.61.0.",
    });
  });

  it("R-512 an agent that ends before it is ready says why", async () => {
    const program = ["sh", "-c", "echo 'Error: no home' >&2; exit 2"] as const;
    await expect(start("", { program })).rejects.toMatchObject({
      code: "agent-exit",
      message: "The agent exited with code 2 before it was ready: Error: no home",
    });
  });

  it("needs an agent", () => {
    expect(() => new AcpBackend({})).toThrow("Name an agent or a program");
  });
});

describe("a session that is resumed", () => {
  it("R-504 goes on in a new process, and does not say again what was said", async () => {
    const first = await turn("echo", "one");
    const second = await turn("echo", "two", { resume: first.session.sessionId });
    expect(second.session.sessionId).toBe(first.session.sessionId);
    const messages = second.events.filter(({ type }) => type === "message");
    expect(messages).toEqual([{ type: "message", role: "agent", text: "one\ntwo" }]);
  });

  it("R-504 says so where the agent does not keep sessions, and begins anew", async () => {
    const { session, events } = await start("forgetful", {}, { resume: "old" });
    await session.close();
    expect(notices(events)[1]).toBe(
      "The session old cannot be resumed (Scripted 1.2.3 does not keep sessions): a new one begins.",
    );
  });
});

const chunk = (text: string, messageId: string): object => ({
  sessionUpdate: "agent_message_chunk",
  content: { type: "text", text },
  messageId,
});

const call = (more: object): object => ({
  sessionUpdate: "tool_call_update",
  toolCallId: "a",
  ...more,
});

const cost = (amount: number, currency: string): object => ({
  sessionUpdate: "usage_update",
  used: 1,
  size: 2,
  cost: { amount, currency },
});

describe("what an agent says", () => {
  it("R-521 joins pieces of a message, and tells each tool call and its end once", async () => {
    const { events } = await turn(
      "updates",
      JSON.stringify([
        chunk("I will", "1"),
        chunk(" write.", "1"),
        chunk("And test.", "2"),
        call({
          sessionUpdate: "tool_call",
          title: "Terminal",
          kind: "execute",
          status: "pending",
          rawInput: {},
        }),
        call({ rawInput: { command: "make" }, status: "in_progress" }),
        call({ rawInput: { command: "make" }, status: "in_progress" }),
        call({
          status: "failed",
          content: [{ type: "content", content: { type: "text", text: "No rule" } }],
        }),
        call({ status: "completed" }),
        {
          sessionUpdate: "plan",
          entries: [{ content: "Test", priority: "low", status: "in_progress" }],
        },
        { sessionUpdate: "current_mode_update", currentModeId: "plan" },
        { sessionUpdate: "from_the_future", what: 1 },
      ]),
    );
    expect(events.slice(2)).toEqual([
      { type: "message", role: "agent", text: "I will write." },
      { type: "message", role: "agent", text: "And test." },
      { type: "tool-call", callId: "a", tool: "execute", input: { command: "make" } },
      { type: "tool-result", callId: "a", isError: true, text: "No rule" },
      { type: "notice", level: "info", text: "Plan: 0 of 1 done: Test" },
      { type: "notice", level: "warn", text: "The agent is in the mode plan now." },
    ]);
  });

  it("R-511 takes costs as sums of the conversation, and none of one that has a past", async () => {
    const updates = [cost(0.5, "USD"), cost(0.5, "USD"), cost(0.75, "USD"), cost(9, "EUR")];
    const first = await turn("updates", JSON.stringify(updates));
    const costs = first.events.flatMap((event) =>
      event.type === "usage" ? [event.usage.costUsd] : [],
    );
    expect(costs).toEqual([0.5, 0.75]);
    const resume = first.session.sessionId;
    const second = await turn("updates", JSON.stringify(updates), { resume });
    expect(second.events.filter(({ type }) => type === "usage")).toEqual([]);
  });
});

describe("the end of a turn", () => {
  it("R-515 an interrupt leaves a session that takes the next prompt", async () => {
    const { session, event } = await start("hang");
    for (const attempt of [1, 2]) {
      const running = session.runTurn(`attempt ${attempt}`, never);
      await event(({ type }) => type === "message");
      await session.interrupt();
      expect(await running).toMatchObject({ kind: "canceled" });
    }
    await session.close();
  });

  it("R-514 an agent that does not hear an interrupt is stopped, and takes no other prompt", async () => {
    const { session, event } = await start("deaf", {}, { limits: { graceMs: 100 } });
    const running = session.runTurn("go", never);
    await event(({ type }) => type === "message");
    await session.interrupt();
    expect(await running).toMatchObject({ kind: "canceled" });
    expect(await session.runTurn("again", never)).toMatchObject({ kind: "canceled" });
    await session.close();
  });

  it("R-506 a request that is too long to be read is refused, and an answer ends the turn", async () => {
    const limits = { maxLineBytes: 10_000 };
    const long = "x".repeat(20_000);
    const request = `{"jsonrpc":"2.0","id":"big","method":"fs/read_text_file","params":"${long}"}`;
    const first = await turn("raw", request, { limits });
    expect(first.outcome).toEqual({ kind: "succeeded" });
    expect(first.transcript).toContain(
      '[sent] {"jsonrpc":"2.0","id":"big","error":{"code":-32700,"message":"The message is longer than 10000 bytes."}}',
    );
    const answer = `{"jsonrpc":"2.0","id":2,"result":"${long}"}`;
    const second = await turn("raw", answer, { limits });
    expect(second.outcome).toMatchObject({
      kind: "failed",
      message: expect.stringMatching(/long/),
    });
  });
});
