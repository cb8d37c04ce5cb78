import type { AgentEvent, TurnOutcome } from "@signalbox/contracts";
import { assert, constantFrom, nat, property, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { read, replay, transcripts } from "./__fixtures__/replay.ts";
import { parseHead, parseMessage } from "./parse-message.ts";

const succeeded: TurnOutcome = { kind: "succeeded" };

function lines(name: string): readonly string[] {
  const found = transcripts.get(name);
  if (found === undefined) throw new Error(`There is no transcript ${name}`);
  return found;
}

function failed(code: string, retryable: boolean, message: RegExp): unknown {
  return { kind: "failed", code, retryable, message: expect.stringMatching(message) };
}

function usages(events: readonly AgentEvent[]): unknown[] {
  return events.flatMap((event) => (event.type === "usage" ? [event.usage] : []));
}

describe("outcomes of real transcripts", () => {
  it.each([
    ["resume", [succeeded]],
    ["text", [succeeded, succeeded]],
    ["untrusted", [succeeded]],
    ["write", [succeeded]],
  ])("R-512 R-516 %s: each turn that is completed succeeded", async (name, outcomes) => {
    expect((await replay(lines(name))).outcomes).toEqual(outcomes);
  });

  it.each([
    ["billing", failed("billing", false, /^Quota exceeded/)],
    ["context-exceeded", failed("context-too-long", false, /ran out of room/)],
    ["interrupt", failed("agent-error", true, /before it was done/)],
    ["overloaded", failed("overloaded", true, /at capacity/)],
    ["reset", failed("transport", true, /stream disconnected/)],
    ["server-error", failed("overloaded", true, /high demand/)],
    ["unauthorized", failed("auth", false, /401 Unauthorized/)],
    ["unknown-model", failed("setup", false, /does not exist/)],
    ["quota", { kind: "quota-exhausted", pool: "codex", resetsAt: 1_795_356_249_000 }],
    ["quota-unknown", { kind: "quota-exhausted", pool: "codex", resetsAt: null }],
    ["rate-limit", { kind: "quota-exhausted", pool: "codex", resetsAt: null }],
  ])("R-512 R-513 %s: told apart from the others", async (name, outcome) => {
    expect((await replay(lines(name))).outcomes).toEqual([outcome]);
  });

  it("names every transcript", () => {
    expect(transcripts.size).toBe(4 + 11);
  });
});

describe("events of real transcripts", () => {
  it("R-511 usage grows over the turns of a process", async () => {
    const { events } = await replay(lines("text"));
    const each = { pool: "codex", cacheWriteTokens: 0, costUsd: null };
    expect(usages(events)).toEqual([
      { ...each, inputTokens: 5381, cacheReadTokens: 50, outputTokens: 20 },
      { ...each, inputTokens: 10_834, cacheReadTokens: 100, outputTokens: 40 },
    ]);
  });

  it("R-511 what an earlier process used, and is told again, is not counted", async () => {
    const { events } = await replay(lines("resume"));
    expect(usages(events)).toEqual([
      {
        pool: "codex",
        inputTokens: 100,
        cacheReadTokens: 50,
        cacheWriteTokens: 0,
        outputTokens: 20,
        costUsd: null,
      },
    ]);
  });

  it("R-511 neither where it is not told again, and sub-agents count", async () => {
    const [told, own] = lines("resume").filter((line) => line.includes("tokenUsage/updated"));
    const without = lines("resume").filter((line) => line !== told);
    const expected = usages((await replay(lines("resume"))).events);
    expect(usages((await replay(without)).events)).toEqual(expected);
    const ofAgent = own?.replace(/"threadId":"[^"]+"/, '"threadId":"sub-agent"') ?? "";
    const { events } = await replay([...lines("resume"), ofAgent]);
    expect(usages(events).at(-1)).toMatchObject({ inputTokens: 200, outputTokens: 40 });
  });

  it("R-511 the same report for a second time changes nothing", async () => {
    const once = await replay(lines("write"));
    const twice = await replay(
      lines("write").flatMap((line) => (line.includes("tokenUsage") ? [line, line] : [line])),
    );
    expect(usages(twice.events).at(-1)).toEqual(usages(once.events).at(-1));
  });

  it("tells of each tool, and of the quota only what is new", async () => {
    const { events } = await replay(lines("write"));
    expect(events.filter(({ type }) => type !== "usage")).toMatchObject([
      { type: "session-started", model: "gpt-5.1-codex" },
      { type: "notice", level: "warn", text: expect.stringMatching(/^Model metadata/) },
      { type: "message", text: "I will write a file" },
      { type: "tool-call", tool: "exec_command", callId: "call_42_1" },
      { type: "tool-result", callId: "call_42_1", isError: false, text: "hello\n" },
      { type: "rate-limit", pool: "codex", usedPercent: 40, resetsAt: null },
      {
        type: "tool-call",
        tool: "apply_patch",
        input: { changes: [{ path: "/workspace/patched.txt", kind: "add" }] },
      },
      { type: "tool-result", isError: false, text: "completed" },
      { type: "message", text: "All done." },
    ]);
  });

  it("announces each repetition of a request", async () => {
    const { events } = await replay(lines("server-error"));
    expect(events).toContainEqual({
      type: "notice",
      level: "warn",
      text: expect.stringMatching(/^Reconnecting\.\.\. 1\/1 \(We’re currently/),
    });
  });
});

describe("R-506 damaged output", () => {
  const all = [...transcripts.values()];

  it("is survived where it is cut, at every byte", { timeout: 60_000 }, () => {
    for (const recorded of all) {
      for (const line of recorded) {
        const bytes = Buffer.from(line);
        for (let end = 0; end < bytes.length; end += 1) {
          const cut = bytes.subarray(0, end).toString();
          expect(parseMessage(cut)).toBeNull();
          parseHead(cut);
        }
      }
    }
  });

  it("is survived in 100,000 mutations", { timeout: 120_000 }, () => {
    const mutation = tuple(
      nat(all.length - 1),
      nat(),
      nat(),
      nat({ max: 40 }),
      constantFrom("", '"', "null", "{}", "[", "0", "-1", "1e999", "true", "\u0000", "\\", ","),
    );
    assert(
      property(mutation, ([index, which, at, count, inserted]) => {
        const recorded = all[index] ?? [];
        const line = recorded[which % recorded.length] ?? "";
        const start = at % line.length;
        const mutated = line.slice(0, start) + inserted + line.slice(start + count);
        expect(read([mutated]).events.length).toBeGreaterThan(0);
      }),
      { numRuns: 100_000 },
    );
  });

  it.each([
    { id: "u", status: 7, error: null },
    { id: "u", error: null },
    { id: "u", status: "completed", error: 7 },
    { id: "u", status: "completed", error: {} },
    { id: "u", status: "done", error: null },
  ])("R-512 an end that is not quite a success is none: %j", async (turn) => {
    const params = { threadId: "t", turn };
    const { outcomes } = await replay([JSON.stringify({ method: "turn/completed", params })]);
    expect(outcomes).toEqual([failed("agent-error", true, /turn/)]);
  });

  it.each([
    "",
    "[]",
    "7",
    "null",
    "{",
    "{}",
    '{"id":[]}',
    '{"method":7}',
    '{"method":"turn/new","params":{}}',
    '{"type":"turn.completed","usage":{}}',
    "Reading additional input from stdin...",
  ])("ignores %j", (line) => {
    expect(parseMessage(line)).toBeNull();
  });

  it("a request without parameters is a request still", () => {
    expect(parseMessage('{"id":"a","method":"new/request"}')).toEqual({
      kind: "request",
      id: "a",
      method: "new/request",
      params: null,
    });
  });

  it.each([
    ['{"method":"item/tool/call","id":7,"params":{"a', { method: "item/tool/call", id: 7 }],
    ['{"method":"item/tool/call","id":"x","params":', { method: "item/tool/call", id: "x" }],
    ['{"method":"turn/completed","params":{"turn', { method: "turn/completed", id: null }],
    ['{"id":7,"result":{', null],
  ])("R-508 sees what a line that was cut was about: %s", (line, head) => {
    expect(parseHead(line)).toEqual(head);
  });
});
