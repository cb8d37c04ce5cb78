import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AgentEvent, SignalboxError } from "@signalbox/contracts";
import { assert, constantFrom, double, nat, oneof, property, record, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { readAgentCard, readSessionCard } from "./agent-card.ts";
import { readCutLine, readRpcLine } from "./rpc-line.ts";
import { SessionReport } from "./session-report.ts";
import { readUpdate } from "./session-update.ts";
import { Turn } from "./turn.ts";
import { UsageMeter } from "./usage-meter.ts";

const names = ["claude-write", "claude-cancel", "codex-write", "gemini-write"] as const;

function transcript(name: string): readonly string[] {
  const path = join(import.meta.dirname, "__fixtures__", "transcripts", `${name}.jsonl`);
  return readFileSync(path, "utf8").trimEnd().split("\n");
}

/** Takes lines in as a session does, without its process. */
function replay(lines: readonly string[]): { events: AgentEvent[]; usage: unknown } {
  const events: AgentEvent[] = [];
  const report = new SessionReport({
    pool: "plan",
    emit: (event) => events.push(event),
    redact: (text) => text,
  });
  const meter = new UsageMeter(false);
  let usage: unknown = null;
  for (const line of lines) {
    readCutLine(line);
    const said = readRpcLine(line);
    if (said?.kind === "update") {
      const update = readUpdate(said.parameters)?.update;
      if (update?.sessionUpdate === "usage_update") usage = meter.takeCost(update.cost) ?? usage;
      else if (update !== undefined) report.relay(update);
    } else if (said?.kind === "response" && "result" in said.message) {
      const { result } = said.message;
      readSessionCard(result);
      tryCard(result);
      new Turn("plan").endWithAnswer(result);
      usage = meter.takeAnswer(result) ?? usage;
    }
  }
  report.close();
  return { events, usage };
}

function tryCard(result: unknown): void {
  try {
    readAgentCard(result);
  } catch (error) {
    if (!SignalboxError.isInstance(error)) throw error;
  }
}

describe("what real agents have said", () => {
  it.each([
    ["claude-write", ["edit", "execute"], 5167],
    ["codex-write", ["exec_command", "edit"], 150],
    ["gemini-write", ["edit", "execute"], 0],
  ])("%s is understood", (name, tools, cacheReadTokens) => {
    const { events, usage } = replay(transcript(name));
    const calls = events.flatMap((event) => (event.type === "tool-call" ? [event.tool] : []));
    expect(calls).toEqual(tools);
    expect(events.filter(({ type }) => type === "tool-result")).toHaveLength(2);
    expect(events.at(-1)).toEqual({ type: "message", role: "agent", text: "All done." });
    expect(usage).toMatchObject({ outputTokens: 60, cacheReadTokens });
  });

  it.each(names)("R-506 %s, cut off anywhere, breaks nothing", (name) => {
    const wholes: string[] = [];
    for (const line of transcript(name)) {
      const bytes = Buffer.from(line);
      for (let end = 0; end < bytes.length; end += 1) {
        const cut = bytes.subarray(0, end).toString("utf8");
        readCutLine(cut);
        if (readRpcLine(cut) !== null) wholes.push(cut);
      }
    }
    expect(wholes).toEqual([]);
  });

  it("R-506 changed at random 100,000 times, breaks nothing", () => {
    let count = 0;
    const lines = names.flatMap(transcript);
    const change = record({
      line: constantFrom(...lines),
      at: double({ min: 0, max: 1, noNaN: true }),
      length: nat(12),
      by: oneof(
        string({ maxLength: 4 }),
        constantFrom("null", "{}", "[]", "-1", "1e999", '"x"', "true", "{", "}", '"', "\\"),
      ),
    });
    assert(
      property(change, ({ line, at, length, by }) => {
        const start = Math.floor(at * line.length);
        replay([line.slice(0, start) + by + line.slice(start + length)]);
        count += 1;
      }),
      { numRuns: 100_000 },
    );
    expect(count).toBe(100_000);
  });

  it("R-506 each value replaced by another one breaks nothing", () => {
    const others = [null, 1, -1, "x", true, [], {}, [null], { type: "text" }];
    let count = 0;
    for (const line of names.flatMap(transcript)) {
      for (const changed of replacements(JSON.parse(line), others)) {
        replay([JSON.stringify(changed)]);
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(1_000);
  });

  it("R-506 nests as deep as it likes", () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    const update = `{"sessionUpdate":"tool_call","toolCallId":"a","title":"t","rawInput":{"a":${deep}},"rawOutput":${deep},"status":"completed"}`;
    const line = `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":${update}}}`;
    expect(replay([line]).events.map(({ type }) => type)).toEqual(["tool-call", "tool-result"]);
  });
});

/** The value with one value in it replaced, for each place and each other value. */
function* replacements(value: unknown, others: readonly unknown[]): Generator {
  yield* others;
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    for (const changed of replacements(item, others)) {
      yield Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
    }
  }
}
