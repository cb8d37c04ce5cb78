import type { AgentEvent, RunEvent } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { ManualClock } from "./__fixtures__/manual-clock.ts";
import { RunEventStream } from "./run-event-stream.ts";

interface Observed {
  readonly stream: RunEventStream;
  readonly clock: ManualClock;
  readonly events: RunEvent[];
  readonly absences: string[];
  readonly logged: string[];
  /** Lets the observer go on. */
  readonly release: () => void;
}

/** A stream whose observer takes one event, and the next only when it is released. */
function observe(): Observed {
  const clock = new ManualClock();
  const events: RunEvent[] = [];
  const absences: string[] = [];
  const logged: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const stream = new RunEventStream({
    clock,
    runId: "run-1",
    secrets: [],
    patienceMs: 1_000,
    logger: { log: (_level, message) => void logged.push(message) },
    onAbsence: () => void absences.push("absent"),
    observer: {
      onEvent: async (event) => {
        events.push(event);
        await promise;
      },
      onTurnEnded: async () => ({ kind: "go" }),
    },
  });
  return { stream, clock, events, absences, logged, release: resolve };
}

const say = (text: string): AgentEvent => ({ type: "message", role: "agent", text });
const usage = (inputTokens: number): AgentEvent => ({
  type: "usage",
  usage: {
    pool: "p",
    inputTokens,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    costUsd: null,
  },
});

function agentEvents(events: readonly RunEvent[]): AgentEvent[] {
  return events.flatMap((event) => (event.type === "agent-event" ? [event.event] : []));
}

describe("the events of a run", () => {
  it("are numbered from 1 and given one at a time", async () => {
    const { stream, events, release } = observe();
    stream.emit({ type: "phase-changed", phase: "preparing-workspace" });
    for (const text of ["a", "b"]) stream.emitAgentEvent(say(text));
    expect(events).toHaveLength(0);
    await Promise.resolve();
    expect(events.map(({ spoolSeq }) => spoolSeq)).toEqual([1]);
    release();
    await stream.drain();
    expect(events.map(({ spoolSeq }) => spoolSeq)).toEqual([1, 2, 3]);
    expect(agentEvents(events)).toEqual([say("a"), say("b")]);
  });

  it("R-522 a flood waits up to a bound; the rest is one notice, and the newest usage is kept", async () => {
    const { stream, events, release } = observe();
    for (let index = 0; index < 50_000; index += 1) stream.emitAgentEvent(say(`${index}`));
    stream.emitAgentEvent(usage(1));
    stream.emitAgentEvent(usage(2));
    stream.emitAgentEvent({ type: "session-started", sessionId: "s", model: null });
    release();
    await stream.drain();
    const given = agentEvents(events);
    expect(given.length).toBeLessThan(1_010);
    expect(given.slice(0, 3)).toEqual([say("0"), say("1"), say("2")]);
    expect(given.slice(-3)).toEqual([
      {
        type: "notice",
        level: "warn",
        text: expect.stringMatching(/^49002 events of the agent were left out/),
      },
      usage(2),
      { type: "session-started", sessionId: "s", model: null },
    ]);
    expect(events.map(({ spoolSeq }) => spoolSeq)).toEqual(events.map((_, index) => index + 1));
  });

  it("R-522 long texts are clipped, and only so many characters wait", async () => {
    const { stream, events, release } = observe();
    const text = "x".repeat(1_000_000);
    for (let index = 0; index < 500; index += 1) {
      stream.emitAgentEvent({ type: "tool-result", callId: "1", isError: false, text });
    }
    stream.emitAgentEvent({ type: "tool-call", callId: "2", tool: "write", input: { text } });
    release();
    await stream.drain();
    expect(events.length).toBeGreaterThan(100);
    expect(JSON.stringify(events).length).toBeLessThan(2_100_000);
    for (const event of events) expect(JSON.stringify(event).length).toBeLessThan(16_600);
    expect(agentEvents(events).at(-1)).toMatchObject({ type: "notice" });
  });

  it("what an observer throws is logged, and the next event is given all the same", async () => {
    const clock = new ManualClock();
    const events: string[] = [];
    const logged: string[] = [];
    const stream = new RunEventStream({
      clock,
      runId: "run-1",
      secrets: [],
      patienceMs: 1_000,
      logger: { log: (_level, message) => void logged.push(message) },
      onAbsence: () => undefined,
      observer: {
        onEvent: (event) => {
          events.push(event.type);
          throw new Error("no");
        },
        onTurnEnded: async () => ({ kind: "go" }),
      },
    });
    stream.emitAgentEvent(say("a"));
    stream.emitAgentEvent(say("b"));
    await stream.drain();
    expect(events).toEqual(["agent-event", "agent-event"]);
    expect(logged).toHaveLength(2);
  });

  it("an observer that does not answer is given up once; the ending is given to it still", async () => {
    const { stream, clock, events, absences } = observe();
    stream.emitAgentEvent(say("a"));
    stream.emitAgentEvent(say("b"));
    await Promise.resolve();
    clock.advance(1_000);
    await stream.drain();
    stream.emitAgentEvent(say("c"));
    const ending = { outcome: { kind: "succeeded" }, fingerprint: null, turns: 0 } as const;
    stream.emit({ type: "ended", ending });
    await Promise.resolve();
    clock.advance(1_000);
    await stream.drain();
    expect(absences).toEqual(["absent"]);
    expect(events.map(({ type }) => type)).toEqual(["agent-event", "ended"]);
  });
});
