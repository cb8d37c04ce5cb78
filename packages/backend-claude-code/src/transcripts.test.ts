import type { AgentEvent, TurnOutcome } from "@signalbox/contracts";
import { assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { read, replay, transcripts } from "./__fixtures__/replay.ts";
import { parseStreamMessage } from "./parse-stream-message.ts";

const succeeded: TurnOutcome = { kind: "succeeded" };

function lines(name: string): readonly string[] {
  const found = transcripts.get(name);
  if (found === undefined) throw new Error(`There is no transcript ${name}`);
  return found;
}

function failed(code: string, retryable: boolean, message: RegExp): unknown {
  return { kind: "failed", code, retryable, message: expect.stringMatching(message) };
}

describe("outcomes of real transcripts", () => {
  it.each([
    "agent",
    "claude-2.1.197-resume",
    "claude-2.1.197-sid",
    "ctl-allow",
    "ctl-deny",
    "err429",
    "err529",
    "hooks",
    "partial",
    "resume",
    "trust",
    "write-default",
  ])("R-512 %s: a success that says so in every way", async (name) => {
    expect((await replay(lines(name))).outcomes).toEqual([succeeded]);
  });

  it.each([
    ["credit", failed("billing", false, /Credit balance is too low/)],
    ["cut", failed("transport", true, /ECONNRESET/)],
    ["err400", failed("context-too-long", false, /Prompt is too long/)],
    ["err500-retries2", failed("overloaded", true, /API Error: 500/)],
    [
      "nokey",
      failed("auth", false, /^Not logged in.+\. Log in with `claude \/login` .+ANTHROPIC_API_KEY/),
    ],
    ["maxturns", failed("agent-error", true, /maximum number of turns/)],
    ["ctl-interrupt2", failed("agent-error", true, /ede_diagnostic/)],
    ["resume-missing", failed("agent-error", true, /No conversation found/)],
    ["maxbudget", { kind: "budget-exhausted", budget: expect.stringMatching(/maximum budget/) }],
  ])("R-512 R-513 %s: no success, although some results say success", async (name, outcome) => {
    expect((await replay(lines(name))).outcomes).toEqual([outcome]);
  });

  it.each(["err401", "sigint-api", "sigkill-bash", "sigterm-bash"])(
    "R-512 %s: without a result the turn is not over",
    async (name) => {
      expect((await replay(lines(name))).outcomes).toEqual([]);
    },
  );

  it("R-516 two turns of one process have one outcome each", async () => {
    expect((await replay(lines("2turns"))).outcomes).toEqual([succeeded, succeeded]);
  });

  it("names every transcript", () => {
    expect(transcripts.size).toBe(12 + 9 + 4 + 1);
  });
});

function usages(events: readonly AgentEvent[]): unknown[] {
  return events.flatMap((event) => (event.type === "usage" ? [event.usage] : []));
}

describe("events of real transcripts", () => {
  it("tells of a refusal that the result hides", async () => {
    const { events } = await replay(lines("write-default"));
    expect(events).toContainEqual({
      type: "approval-requested",
      action: expect.stringMatching(/^Write: Claude requested permissions to write/),
      decision: "denied",
    });
    expect(events).toContainEqual({
      type: "notice",
      level: "warn",
      text: "1 tool call refused in this turn: Write.",
    });
  });

  it("announces each repetition of a request", async () => {
    const { events } = await replay(lines("err429"));
    expect(events).toContainEqual({
      type: "notice",
      level: "warn",
      text: "The model answered 429 rate_limit: retry 1 of 10 in 1.2 s.",
    });
  });

  it("R-511 usage grows over the turns of a process, and repeats nothing of an answer", async () => {
    const { events } = await replay(lines("2turns"));
    const each = { pool: "anthropic", inputTokens: 12, outputTokens: 20, cacheWriteTokens: 1000 };
    expect(usages(events)).toEqual([
      { ...each, outputTokens: 0, cacheReadTokens: 2536, costUsd: null },
      { ...each, cacheReadTokens: 2536, costUsd: 0.0059552 },
      expect.objectContaining({ inputTokens: 24, outputTokens: 20, costUsd: 0.0059552 }),
      {
        pool: "anthropic",
        inputTokens: 24,
        outputTokens: 40,
        cacheReadTokens: 5101,
        cacheWriteTokens: 2000,
        costUsd: expect.closeTo(0.0119162, 9),
      },
    ]);
  });

  it.each(["resume", "claude-2.1.197-resume"])(
    "R-511 %s: earlier processes of the conversation are not counted again",
    async (name) => {
      const { events } = await replay(lines(name));
      expect(usages(events).at(-1)).toMatchObject({ inputTokens: 12, outputTokens: 20 });
    },
  );

  it("R-511 an answer of several blocks is counted once", async () => {
    const { events } = await replay(lines("ctl-allow"));
    expect(usages(events).at(-1)).toMatchObject({ inputTokens: 36, outputTokens: 60 });
  });

  it("R-511 sub-agents are counted", async () => {
    const { events } = await replay(lines("agent"));
    expect(usages(events).at(-1)).toMatchObject({ inputTokens: 36, outputTokens: 60 });
  });

  it("R-516 every session is announced once, and first", async () => {
    for (const recorded of transcripts.values()) {
      const { events } = await replay(recorded);
      expect(events.map(({ type }) => type).lastIndexOf("session-started")).toBe(0);
    }
  });
});

describe("R-506 damaged output", () => {
  const all = [...transcripts.values()];

  it("is survived where it is cut, at every byte", () => {
    const understood: string[] = [];
    for (const line of all.flat()) {
      const bytes = Buffer.from(line);
      for (let end = 0; end < bytes.length; end += 1) {
        const cut = bytes.subarray(0, end).toString();
        if (parseStreamMessage(cut) !== null) understood.push(cut);
      }
    }
    expect(understood).toEqual([]);
  });

  it("is survived in 100,000 mutations", { timeout: 120_000 }, () => {
    const recorded = all.flat();
    const insertions = ["", '"', "null", "{}", "[", "0", "-1", "1e999", "true", "\0", "\\", ","];
    assert(
      property(integer(), (seed) => {
        const dice = prng(seed);
        for (let count = 0; count < 100; count += 1) {
          const line = recorded[dice(recorded.length)] ?? "";
          const start = dice(line.length);
          const inserted = insertions[dice(insertions.length)] ?? "";
          read([line.slice(0, start) + inserted + line.slice(start + dice(40))]);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("R-512 a result that is damaged is no success", async () => {
    const result = { type: "result", subtype: "success", is_error: "no", permission_denials: 7 };
    const { outcomes } = await replay([JSON.stringify(result)]);
    expect(outcomes).toEqual([failed("agent-error", true, /success/)]);
  });

  it.each([
    "",
    "[]",
    "7",
    "null",
    "{",
    '{"type":7}',
    '{"type":"system"}',
    '{"type":"new"}',
    "noise",
  ])("ignores %j", (line) => {
    expect(parseStreamMessage(line)).toBeNull();
  });
});

/** Integers from 0 to below a limit, the same ones for the same seed. */
function prng(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
