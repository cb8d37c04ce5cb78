import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AgentEvent, Session, SessionLimits, TurnOutcome } from "@signalbox/contracts";
import plugin, { MockBackend, type MockScript, type MockStep, type MockTurn } from "./index.ts";

const never = new AbortController().signal;
let cwd: string;

beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), "signalbox-mock-")));
});

afterEach(async () => {
  await rm(cwd, { recursive: true });
});

interface Overrides {
  readonly resume?: string;
  readonly environment?: Record<string, string>;
  readonly limits?: Partial<SessionLimits>;
  readonly signal?: AbortSignal;
}

async function start(backend: MockBackend, overrides: Overrides = {}) {
  const events: AgentEvent[] = [];
  const session: Session = await backend.startSession({
    cwd,
    resume: overrides.resume ?? null,
    environment: overrides.environment ?? {},
    limits: {
      startupTimeoutMs: 1000,
      silenceTimeoutMs: 0,
      graceMs: 100,
      maxLineBytes: 1000,
      ...overrides.limits,
    },
    tools: { list: () => [], call: () => Promise.reject(new Error("no tools")), mcp: null },
    transcribe: () => undefined,
    emit: (event) => events.push(event),
    signal: overrides.signal ?? never,
  });
  return { session, events };
}

async function play(step: MockStep, overrides: Overrides = {}) {
  const started = await start(new MockBackend({ script: [step] }), overrides);
  return { ...started, outcome: await started.session.runTurn("", never) };
}

function git(...parameters: string[]): string {
  return execFileSync("git", parameters, { cwd, encoding: "utf8" });
}

async function outcomes(backend: MockBackend, turns: number, overrides: Overrides = {}) {
  const { session } = await start(backend, overrides);
  const kinds: string[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    kinds.push((await session.runTurn("", never)).kind);
  }
  return kinds;
}

async function validate(value: unknown) {
  return plugin.configSchema["~standard"].validate(value);
}

describe("steps", () => {
  it("succeed writes files and commits them", async () => {
    git("init", "--quiet");
    const step: MockStep = { kind: "succeed", files: { "src/a.txt": "hi\n" }, commit: "Add a" };
    const { outcome } = await play(step);
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(await readFile(join(cwd, "src/a.txt"), "utf8")).toBe("hi\n");
    expect(git("log", "--format=%s")).toBe("Add a\n");
    expect(git("status", "--porcelain")).toBe("");
    // The same again changes nothing, and is no failure.
    expect((await play(step)).outcome).toEqual({ kind: "succeeded" });
    expect(git("log", "--format=%s")).toBe("Add a\n");
  });

  it("succeed never writes outside the workspace", async () => {
    await expect(play({ kind: "succeed", files: { "../x": "" } })).rejects.toThrow(RangeError);
  });

  it.each<[MockStep, TurnOutcome]>([
    [
      { kind: "fail" },
      { kind: "failed", code: "agent-error", retryable: true, message: "The script says so." },
    ],
    [
      { kind: "fail", code: "auth", retryable: false, message: "no key" },
      { kind: "failed", code: "auth", retryable: false, message: "no key" },
    ],
    [
      { kind: "ask", question: "Which?" },
      { kind: "needs-input", question: "Which?" },
    ],
    [{ kind: "quota" }, { kind: "quota-exhausted", pool: "mock", resetsAt: null }],
    [
      { kind: "quota", pool: "plan", resetsAt: 5 },
      { kind: "quota-exhausted", pool: "plan", resetsAt: 5 },
    ],
  ])("%j ends as %j", async (step, outcome) => {
    expect((await play(step)).outcome).toEqual(outcome);
  });

  it("say, usage and questions are events, before the outcome", async () => {
    const { events, session } = await play({
      kind: "ask",
      question: "Q",
      say: "hm",
      usage: { inputTokens: 7 },
    });
    expect(events).toEqual([
      { type: "session-started", sessionId: session.sessionId, model: "mock" },
      { type: "message", role: "agent", text: "hm" },
      { type: "input-requested", question: "Q" },
      {
        type: "usage",
        usage: {
          pool: "mock",
          inputTokens: 7,
          outputTokens: 0,
          cacheReadTokens: 0,
          cacheWriteTokens: 0,
          costUsd: null,
        },
      },
    ]);
  });

  it("hang lasts until it is silent for too long", async () => {
    const { outcome } = await play({ kind: "hang" }, { limits: { silenceTimeoutMs: 20 } });
    expect(outcome).toEqual({ kind: "timed-out", limit: "turn", limitMs: 20 });
  });

  it.each<[string, (session: Session, turn: AbortController, order: AbortController) => unknown]>([
    ["the turn's signal", (_session, turn) => turn.abort()],
    ["the order's signal", (_session, _turn, order) => order.abort()],
    ["interrupt", (session) => session.interrupt()],
    ["close", (session) => session.close()],
  ])("R-515 hang ends by %s", async (_name, stop) => {
    const [turn, order] = [new AbortController(), new AbortController()];
    const backend = new MockBackend({ script: [{ kind: "hang" }] });
    const { session } = await start(backend, { signal: order.signal });
    const outcome = session.runTurn("", turn.signal);
    await stop(session, turn, order);
    await expect(outcome).resolves.toMatchObject({ kind: "canceled" });
  });

  it("R-515 nothing starts where the order is stopped already", async () => {
    const backend = new MockBackend({ script: [{ kind: "succeed" }] });
    await expect(start(backend, { signal: AbortSignal.abort() })).rejects.toThrow("stopped");
  });

  it("crash rejects the turn, or the start", async () => {
    await expect(play({ kind: "crash" })).rejects.toThrow("crashed");
    const backend = new MockBackend({
      script: [{ kind: "crash", at: "start" }, { kind: "succeed" }],
    });
    await expect(start(backend)).rejects.toThrow("crashed at its start");
    const { session } = await start(backend);
    await expect(session.runTurn("", never)).resolves.toEqual({ kind: "succeeded" });
  });

  it("late-exit closes late, once", async () => {
    const { session, outcome } = await play({ kind: "late-exit", closeMs: 80 });
    expect(outcome).toEqual({ kind: "succeeded" });
    const before = performance.now();
    await Promise.all([session.close(), session.close()]);
    expect(performance.now() - before).toBeGreaterThanOrEqual(79);
  });

  it("a delay can be cut short", async () => {
    const { session } = await start(
      new MockBackend({ script: [{ kind: "succeed", delayMs: 60_000 }] }),
    );
    const outcome = session.runTurn("", never);
    await session.close();
    await expect(outcome).resolves.toMatchObject({ kind: "canceled" });
  });
});

describe("scripts", () => {
  const script: MockScript = [
    { kind: "fail" },
    [{ kind: "succeed" }, { kind: "ask", question: "?" }],
    { kind: "quota" },
  ];

  it("a list has an entry for each run, and a step for each turn; the last repeats", async () => {
    const backend = new MockBackend({ script });
    expect(await outcomes(backend, 2)).toEqual(["failed", "failed"]);
    expect(await outcomes(backend, 3)).toEqual(["succeeded", "needs-input", "needs-input"]);
    expect(await outcomes(backend, 1)).toEqual(["quota-exhausted"]);
    expect(await outcomes(backend, 1)).toEqual(["quota-exhausted"]);
  });

  it("goes by the host's count of runs, so that a new process goes on where the last one was", async () => {
    const environment = { SIGNALBOX_ATTEMPT: "1" };
    const fresh = new MockBackend({ script });
    expect(await outcomes(fresh, 2, { environment })).toEqual(["succeeded", "needs-input"]);
  });

  it("a function decides by prompt, turn, run and session", async () => {
    const seen: MockTurn[] = [];
    const backend = new MockBackend({
      script: (turn) => {
        seen.push(turn);
        return { kind: "succeed" };
      },
    });
    const { session } = await start(backend, { resume: "s1" });
    await session.runTurn("one", never);
    await session.runTurn("two", never);
    const common = { run: 1, sessionId: "s1", isResumed: true, cwd };
    expect(seen).toEqual([
      { prompt: "one", turn: 1, ...common },
      { prompt: "two", turn: 2, ...common },
    ]);
  });

  it("an empty list is refused", () => {
    expect(() => new MockBackend({ script: [] })).toThrow(RangeError);
    expect(() => new MockBackend({ script: [[]] })).toThrow(RangeError);
  });
});

describe("the options of a workflow file", () => {
  it("are the list form, in snake_case or camelCase", async () => {
    const script = [
      { kind: "late-exit", close_ms: 5, usage: { input_tokens: 3 } },
      [{ kind: "succeed", files: { snake_case: "kept" }, delayMs: 1 }],
    ];
    expect(await validate({ script })).toMatchObject({
      value: {
        script: [
          { kind: "late-exit", closeMs: 5, usage: { inputTokens: 3 } },
          [{ kind: "succeed", files: { snake_case: "kept" }, delayMs: 1 }],
        ],
      },
    });
  });

  it("default to an agent that succeeds", async () => {
    expect(await validate({})).toMatchObject({ value: { script: [{ kind: "succeed" }] } });
  });

  it.each([
    { script: [] },
    { script: [[]] },
    { script: [{ kind: "dance" }] },
    { script: [{ kind: "ask" }] },
    { script: [{ kind: "fail", code: "bad-luck" }] },
    { script: [{ kind: "succeed", filez: {} }] },
  ])("%j is refused", async (value) => {
    expect((await validate(value)).issues).toHaveLength(1);
  });
});

it("the example of the README works", async () => {
  const backend = new MockBackend({
    script: [
      { kind: "fail", code: "overloaded" },
      { kind: "succeed", files: { "hello.txt": "hello\n" } },
    ],
  });
  for (const kind of ["failed", "succeeded"]) {
    const { session } = await start(backend);
    await expect(session.runTurn("Say hello", never)).resolves.toMatchObject({ kind });
    await session.close();
  }
});
