import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { scenario } from "@signalbox/model-server";
import { describe, expect, it } from "vitest";
import { ClaudeWorld } from "./__fixtures__/claude-world.ts";

describe("a turn", () => {
  it("R-501 works in the workspace; the prompt goes to the model and into no command line", async () => {
    await using world = await ClaudeWorld.startWithGit();
    const name = scenario("write-file", "a.txt", "hi\n");
    const { turn, events, messages } = await world.session(name);
    const prompt = `$(touch pwned) "; touch pwned; ${"long ".repeat(400_000)}`;
    expect(await turn(prompt)).toEqual({ kind: "succeeded" });
    expect(readFileSync(join(world.cwd, "a.txt"), "utf8")).toBe("hi\n");
    expect(world.git("log", "--format=%s")).toBe("Add a.txt\n");
    expect(existsSync(join(world.cwd, "pwned"))).toBe(false);
    expect(messages()).toContain("All done.");
    expect(events[0]).toMatchObject({ type: "session-started", model: "claude-opus-5-5" });
    expect(world.requests(name)[0]?.body).toMatchObject({
      messages: [{ role: "user", content: [{ type: "text", text: prompt }] }],
    });
  });

  it("sends everything up to now with marks for the prompt cache", async () => {
    await using world = await ClaudeWorld.start();
    const name = scenario("steps", 3);
    const { turn } = await world.session(name);
    await turn();
    const last = world.requests(name).at(-1)?.body;
    const mark = { cache_control: { type: "ephemeral" } };
    expect(last).toMatchObject({
      stream: true,
      system: [mark],
      messages: [
        { role: "user" },
        { role: "assistant" },
        { role: "user" },
        { role: "assistant" },
        { role: "user", content: [{ type: "tool_result", ...mark }] },
        { role: "assistant" },
        { role: "user", content: [{ type: "tool_result", ...mark }] },
      ],
    });
    expect(JSON.stringify(last).split('"cache_control"')).toHaveLength(4);
  });

  it("does all calls of one reply, each once", async () => {
    await using world = await ClaudeWorld.start();
    const { turn, results, events } = await world.session(scenario("parallel", 3));
    expect(await turn()).toEqual({ kind: "succeeded" });
    expect(results().map(({ text }) => text)).toEqual(["step 1", "step 2", "step 3"]);
    const called = events.flatMap((event) => (event.type === "tool-call" ? [event.callId] : []));
    expect(results().map(({ callId }) => callId)).toEqual(called);
  });

  it("goes on in the next turn with what was said", async () => {
    await using world = await ClaudeWorld.startWithGit();
    const { turn } = await world.session(scenario("write-each-turn", "t.txt"));
    await turn("one");
    await turn("two");
    expect(existsSync(join(world.cwd, "t-1.txt"))).toBe(true);
    expect(existsSync(join(world.cwd, "t-2.txt"))).toBe(true);
  });

  it("takes a reply without content for the end", async () => {
    await using world = await ClaudeWorld.start();
    const { turn } = await world.session("empty");
    expect(await turn()).toEqual({ kind: "succeeded" });
    expect(await turn("And again")).toEqual({ kind: "succeeded" });
  });

  it("keeps the model's thinking as it came", async () => {
    await using world = await ClaudeWorld.start();
    const { turn } = await world.session("thinking+steps:2", { thinking: "adaptive" });
    expect(await turn()).toEqual({ kind: "succeeded" });
  });

  it("R-521 hands every reply and every result to the transcript", async () => {
    await using world = await ClaudeWorld.start();
    const { turn, transcript } = await world.session(scenario("run", "echo found"));
    await turn();
    const lines = transcript.map((line): unknown => JSON.parse(line));
    expect(lines).toMatchObject([
      { type: "reply", stopReason: "tool_use" },
      { type: "tool_result", text: "found" },
      { type: "reply", stopReason: "end_turn" },
    ]);
  });
});

describe("stop reasons", () => {
  it("goes on after a pause, and after a reply that was cut off, but not for ever", async () => {
    await using world = await ClaudeWorld.start();
    const paused = await world.session("pause-turn:3");
    expect(await paused.turn()).toEqual({ kind: "succeeded" });
    const cutOff = await world.session("max-tokens,text");
    expect(await cutOff.turn()).toEqual({ kind: "succeeded" });
    const endless = await world.session("max-tokens");
    expect(await endless.turn()).toMatchObject({ kind: "failed", code: "agent-error" });
    expect(world.requests("max-tokens").length).toBeLessThan(10);
  });

  it("R-512 a refusal is a failure, and its session is not gone on with", async () => {
    await using world = await ClaudeWorld.start();
    const first = await world.session("refusal");
    expect(await first.turn()).toMatchObject({ kind: "failed", retryable: false });
    await first.session.close();
    const second = await world.session("text", {}, { resume: first.session.sessionId });
    expect(second.session.sessionId).not.toBe(first.session.sessionId);
    expect(second.events).toContainEqual(expect.objectContaining({ type: "notice" }));
  });

  it("R-513 a full context makes room, and where none can be had, ends the session", async () => {
    await using world = await ClaudeWorld.start();
    const roomy = await world.session("3*steps:3,context-stop,text");
    expect(await roomy.turn()).toEqual({ kind: "succeeded" });
    expect(roomy.events).toContainEqual(expect.objectContaining({ type: "notice", level: "info" }));
    for (const name of ["context-stop", "context-exceeded"]) {
      const full = await world.session(name);
      expect(await full.turn()).toMatchObject({ kind: "failed", code: "context-too-long" });
      await full.session.close();
      const next = await world.session("text", {}, { resume: full.session.sessionId });
      expect(next.session.sessionId).not.toBe(full.session.sessionId);
    }
  });

  it("leaves old results out before the window is full", async () => {
    await using world = await ClaudeWorld.start();
    const command = "head -c 20000 /dev/zero | tr '\\0' x";
    const name = `window:40000+${scenario("run", ...Array.from({ length: 12 }, () => command))}`;
    const { turn, events } = await world.session(name, { contextWindow: 40_000, maxTokens: 1_000 });
    expect(await turn()).toEqual({ kind: "succeeded" });
    expect(events.filter(({ type }) => type === "notice").length).toBeGreaterThan(0);
    expect(JSON.stringify(world.requests(name).at(-1)?.body)).toContain("Left out to save room");
  });
});

describe("what can go wrong at the API", () => {
  it.each([
    ["unauthorized", { kind: "failed", code: "auth", retryable: false }],
    ["billing", { kind: "failed", code: "billing", retryable: false }],
    ["unknown-model", { kind: "failed", code: "setup", retryable: false }],
    ["invalid", { kind: "failed", code: "agent-error", retryable: false }],
    ["overloaded", { kind: "failed", code: "overloaded", retryable: true }],
    ["server-error", { kind: "failed", code: "transport", retryable: true }],
    ["reset", { kind: "failed", code: "transport", retryable: true }],
    ["rate-limit", { kind: "quota-exhausted", pool: "anthropic", resetsAt: null }],
    ["quota:3600", { kind: "quota-exhausted", pool: "anthropic" }],
  ])("R-513 %s is told apart", async (name, outcome) => {
    await using world = await ClaudeWorld.start();
    const { turn, events } = await world.session(name, { maxRetries: 2 });
    expect(await turn()).toMatchObject(outcome);
    const mayHelp = /overloaded|server-error|reset|^rate-limit$/.test(name);
    expect(world.requests(name)).toHaveLength(mayHelp ? 3 : 1);
    expect(JSON.stringify(events)).not.toContain("local-key");
  });

  it("R-513 a quota says when it is back, in the words of the headers", async () => {
    await using world = await ClaudeWorld.start();
    const { turn } = await world.session("quota:3600", { pool: "team" });
    const outcome = await turn();
    expect(outcome).toMatchObject({ kind: "quota-exhausted", pool: "team" });
    const resetsAt = outcome.kind === "quota-exhausted" ? (outcome.resetsAt ?? 0) : 0;
    expect(Math.abs(resetsAt - Date.now() - 3_600_000)).toBeLessThan(30_000);
  });

  it("waits as long as it is asked to, and no longer than it is allowed to", async () => {
    await using world = await ClaudeWorld.start();
    const patient = await world.session("rate-limit:1,text", { maxRetryWaitMs: 5_000 });
    const started = performance.now();
    expect(await patient.turn()).toEqual({ kind: "succeeded" });
    expect(performance.now() - started).toBeGreaterThan(900);
    const hasty = await world.session("rate-limit:60,text", { maxRetryWaitMs: 100 });
    expect(await hasty.turn()).toMatchObject({ kind: "quota-exhausted" });
  });

  it.each([
    "2*overloaded",
    "server-error",
    "reset",
    "cut+text",
    "stream-error+text",
    "garbage+text",
  ])("asks again after %s, and says so", async (trouble) => {
    await using world = await ClaudeWorld.startWithGit();
    const { turn, events } = await world.session(`${trouble},write-file`);
    expect(await turn()).toEqual({ kind: "succeeded" });
    expect(events).toContainEqual(expect.objectContaining({ type: "notice", level: "warn" }));
    expect(world.git("log", "--format=%s")).toBe("Add hello.txt\n");
  });

  it("R-505 silence within a turn is a time-out of its own; a slow model is not silent", async () => {
    await using world = await ClaudeWorld.start();
    const hanging = await world.session("hang", {}, { limits: { silenceTimeoutMs: 300 } });
    expect(await hanging.turn()).toEqual({ kind: "timed-out", limit: "turn", limitMs: 300 });
    const standing = await world.session("stall+text", {}, { limits: { silenceTimeoutMs: 300 } });
    expect(await standing.turn()).toEqual({ kind: "timed-out", limit: "turn", limitMs: 300 });
    const slow = await world.session("slow:60+text", {}, { limits: { silenceTimeoutMs: 800 } });
    expect(await slow.turn()).toEqual({ kind: "succeeded" });
  });

  it("R-506 an answer without an end fails, instead of filling the memory", async () => {
    await using world = await ClaudeWorld.start();
    const { turn } = await world.session("huge-line:40000000");
    expect(await turn()).toMatchObject({ kind: "failed", code: "agent-protocol" });
    expect(world.requests("huge-line:40000000")).toHaveLength(1);
  });

  it("tells how much of the quota is used up, once", async () => {
    await using world = await ClaudeWorld.start();
    const { turn, events } = await world.session("quota-used:85+steps:3");
    await turn();
    const told = events.filter(({ type }) => type === "rate-limit");
    expect(told).toEqual([expect.objectContaining({ pool: "anthropic", usedPercent: 85 })]);
  });
});

describe("limits", () => {
  it("R-801 the budget is checked before each request", async () => {
    await using world = await ClaudeWorld.start();
    const tokens = await world.session(
      "loop",
      {},
      { limits: { budget: { tokens: 500, usd: null } } },
    );
    expect(await tokens.turn()).toMatchObject({ kind: "budget-exhausted" });
    expect(world.requests("loop")).toHaveLength(5);
    const usd = await world.session(
      "slow:1+loop",
      {},
      { limits: { budget: { tokens: null, usd: 0.003 } } },
    );
    expect(await usd.turn()).toMatchObject({ kind: "budget-exhausted" });
    expect(world.requests("slow:1+loop")).toHaveLength(4);
  });

  it("R-804 an unknown price is unknown, also for the budget", async () => {
    await using world = await ClaudeWorld.start();
    const limits = { budget: { tokens: 500, usd: 0.001 } };
    const { turn, events, usage } = await world.session(
      "loop",
      { model: "claude-next" },
      { limits },
    );
    await turn();
    expect(usage()?.costUsd).toBeNull();
    expect(world.requests("loop")).toHaveLength(5);
    expect(events.filter(({ type }) => type === "notice")).toHaveLength(1);
  });

  it("R-804 costs what the order's prices say, also by a dated name", async () => {
    await using world = await ClaudeWorld.start();
    const prices = { m: { input: 10_000, output: 0, cacheRead: 0, cacheWrite: null } };
    const name = "usage:100:20:5:0+text";
    const dated = await world.session(name, { model: "m-20260801" }, { prices });
    await dated.turn();
    expect(dated.usage()?.costUsd).toBe(1);
    const writing = await world.session("text", { model: "m" }, { prices });
    await writing.turn();
    expect(writing.usage()?.costUsd).toBeNull();
  });

  it("ends a turn without an end", async () => {
    await using world = await ClaudeWorld.start();
    const { turn } = await world.session("loop", { maxRequests: 7 });
    expect(await turn()).toMatchObject({ kind: "failed", code: "agent-error", retryable: true });
    expect(world.requests("loop")).toHaveLength(7);
  });

  it("R-511 usage is absolute, and counts broken requests once", async () => {
    await using world = await ClaudeWorld.start();
    const { turn, events, usage } = await world.session("steps:2");
    await turn();
    const told = events.flatMap((event) => (event.type === "usage" ? [event.usage] : []));
    expect(told.map(({ inputTokens }) => inputTokens)).toEqual([100, 200, 300]);
    expect(usage()).toEqual({
      pool: "anthropic",
      inputTokens: 300,
      outputTokens: 60,
      cacheReadTokens: 150,
      cacheWriteTokens: 30,
      costUsd: expect.closeTo(0.00258, 8) as number,
    });
    const broken = await world.session("stream-error+text,text");
    await broken.turn();
    expect(broken.usage()).toMatchObject({ inputTokens: 200, outputTokens: 21 });
  });
});
