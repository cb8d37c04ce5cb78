import type { AgentEvent, JsonValue } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { agentEventText } from "./agent-event-text.ts";

const call = (tool: string, input: JsonValue): AgentEvent => ({
  type: "tool-call",
  callId: "1",
  tool,
  input,
});
const result = (text: string, isError = false): AgentEvent => ({
  type: "tool-result",
  callId: "1",
  isError,
  text,
});

const words = (event: AgentEvent): string => {
  const { source, level, text } = agentEventText(event);
  return `${source} ${level} ${text}`;
};

describe("what an agent does, in words", () => {
  it.each([
    [{ command: "npm test", description: "Runs the tests" }, "Bash npm test"],
    [{ command: ["git", "status"] }, "Bash git status"],
    [{ content: "a\n".repeat(500), file_path: "/w/a.txt" }, "Bash /w/a.txt"],
    [{ path: " ", query: "where" }, "Bash where"],
    [{ command: "cat <<EOF\na\nEOF" }, "Bash cat <<EOF …"],
    [{ changes: [{ path: "a.txt", kind: "add" }, { path: "b.txt" }] }, "Bash a.txt, b.txt"],
    [{ a: { b: { c: { path: "far" } } } }, 'Bash {"a":{"b":{"c":{"path":"far"}}}}'],
    [{ title: "Writing", paths: ["a.txt"] }, "Bash a.txt"],
    [{ depth: 2 }, 'Bash {"depth":2}'],
    ["ls", "Bash ls"],
    [{}, "Bash"],
    [[], "Bash"],
    [null, "Bash"],
    [{ command: "x".repeat(300) }, `Bash ${"x".repeat(200)}…`],
    [{ command: `${"x".repeat(199)}🚂` }, `Bash ${"x".repeat(199)}…`],
  ])("a tool's call with %j is %j", (input: JsonValue, text) => {
    expect(agentEventText(call("Bash", input))).toEqual({ source: "tool", level: "info", text });
  });

  it("a result is told by its beginning, an error as one", () => {
    expect(agentEventText(result("ok\n"))).toEqual({ source: "result", level: "info", text: "ok" });
    expect(agentEventText(result(" \n")).text).toBe("done");
    expect(agentEventText(result("", true))).toEqual({
      source: "result",
      level: "error",
      text: "failed",
    });
    expect(agentEventText(result("no such file", true)).text).toBe("failed: no such file");
    expect(agentEventText(result("1\n2\n3\n4\n5\n6")).text).toBe(
      "1\n2\n3\n4\n5… (2 characters more)",
    );
    expect(agentEventText(result("x".repeat(1_501))).text).toBe(
      `${"x".repeat(500)}… (1,001 characters more)`,
    );
  });

  it("has words for every other kind of event", () => {
    const usage = { pool: "p", inputTokens: 1_200, outputTokens: 34 };
    const events: readonly AgentEvent[] = [
      { type: "session-started", sessionId: "s-1", model: "m" },
      { type: "session-started", sessionId: null, model: null },
      { type: "message", role: "agent", text: "Done.\nAll of it.\n" },
      {
        type: "usage",
        usage: { ...usage, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd: null },
      },
      { type: "usage", usage: { ...usage, cacheReadTokens: 5, cacheWriteTokens: 6, costUsd: 0.5 } },
      { type: "rate-limit", pool: "p", usedPercent: 79.6, resetsAt: 0 },
      { type: "rate-limit", pool: "p", usedPercent: null, resetsAt: null },
      { type: "input-requested", question: "Which?" },
      { type: "approval-requested", action: "rm a", decision: "denied" },
      { type: "approval-requested", action: "ls", decision: "allowed" },
      { type: "notice", level: "error", text: "overloaded" },
    ];
    expect(events.map(words)).toEqual([
      "session info s-1, model m",
      "session info started",
      "agent info Done.\nAll of it.",
      "usage info 1,200 tokens in, 34 out",
      "usage info 1,200 tokens in, 11 by the cache, 34 out, $0.5000",
      "quota info p: 80 % used, resets at 1970-01-01T00:00:00Z",
      "quota info p",
      "question warn Which?",
      "approval warn denied: rm a",
      "approval info allowed: ls",
      "notice error overloaded",
    ]);
  });
});
