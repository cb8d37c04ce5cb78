import { assert, json, oneof, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { readAgentLine } from "./agent-line.ts";

const read = (line: unknown) => readAgentLine(`::signalbox ${JSON.stringify(line)}`);

describe("a line of the protocol", () => {
  it.each([
    [
      { type: "session", id: "abc" },
      { type: "session", id: "abc", model: null },
    ],
    [
      { v: 1, type: "session", model: "m-1" },
      { type: "session", id: null, model: "m-1" },
    ],
    [
      { type: "usage", input_tokens: 7, cost_usd: 0.5, pool: "plan" },
      {
        type: "usage",
        pool: "plan",
        inputTokens: 7,
        outputTokens: 0,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        costUsd: 0.5,
      },
    ],
    [
      { type: "question", text: "Which?" },
      { type: "question", text: "Which?" },
    ],
    [{ type: "quota" }, { type: "quota", pool: null, resetsAt: null }],
    [
      { type: "quota", pool: "p", resets_at: "2050-01-01T00:00:00Z" },
      { type: "quota", pool: "p", resetsAt: Date.UTC(2050, 0) },
    ],
    [
      { type: "quota", resets_at: 2_524_608_000 },
      { type: "quota", pool: null, resetsAt: Date.UTC(2050, 0) },
    ],
    [
      { type: "quota", resets_at: 2_524_608_000_000 },
      { type: "quota", pool: null, resetsAt: Date.UTC(2050, 0) },
    ],
    [
      { type: "failure", message: "No." },
      { type: "failure", code: "agent-error", message: "No.", retryable: true },
    ],
    [
      { type: "failure", code: "auth", message: "No key." },
      { type: "failure", code: "auth", message: "No key.", retryable: false },
    ],
    [
      { type: "message", text: "two\nlines" },
      { type: "event", event: { type: "message", role: "agent", text: "two\nlines" } },
    ],
    [
      { type: "tool-call", id: "1", tool: "sh", input: { command: ["ls"] } },
      {
        type: "event",
        event: { type: "tool-call", callId: "1", tool: "sh", input: { command: ["ls"] } },
      },
    ],
    [
      { type: "tool-result", id: "1" },
      { type: "event", event: { type: "tool-result", callId: "1", isError: false, text: "" } },
    ],
    [
      { type: "question", text: "Which?", later: "versions may say more" },
      { type: "question", text: "Which?" },
    ],
  ])("%j is understood", (line, expected) => {
    expect(read(line)).toEqual(expected);
  });

  it.each([
    [{ type: "usage", input_tokens: -1 }, /^input_tokens: /],
    [{ type: "usage", input_tokens: 1e300 }, /^input_tokens: /],
    [{ type: "usage", cost_usd: "1" }, /^cost_usd: /],
    [{ type: "question", text: " " }, /^text: /],
    [{ type: "quota", resets_at: "tomorrow" }, /^resets_at: /],
    [{ type: "failure", code: "spawn", message: "x" }, /^code: /],
    [{ type: "session", id: "a\0b" }, /^id: /],
    [{ type: "wish" }, /^type: /],
    [{ v: 2, type: "question", text: "Which?" }, /^v: version 2 is not known, only 1$/],
    [[], /./],
    [null, /./],
  ])("%j is refused, and why is said", (line, problem) => {
    expect(read(line)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it.each(["", "::signalbox", "::signalboxes {}", " ::signalbox {}", "{}", "::debug x"])(
    "%j is just output",
    (output) => {
      expect(readAgentLine(output)).toBeNull();
    },
  );

  it("R-506 never throws, whatever stands behind the marker", () => {
    assert(
      property(oneof(string({ unit: "binary" }), json()), (rest) => {
        readAgentLine(`::signalbox ${rest}`);
      }),
    );
    const line = '{"type":"usage","input_tokens":7,"cost_usd":0.5,"pool":"plan"}';
    for (let end = 0; end < line.length; end += 1) {
      expect(readAgentLine(`::signalbox ${line.slice(0, end)}`)).toHaveProperty("problem");
    }
  });
});
