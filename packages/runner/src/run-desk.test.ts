import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { AgentTool, AgentToolResult, RunObserver, ToolCall } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { RecordingObserver } from "./__fixtures__/recording-observer.ts";
import {
  ScriptedBackend,
  untilAborted,
  type ScriptedTurn,
} from "./__fixtures__/scripted-backend.ts";
import { createWorld } from "./__fixtures__/world.ts";

const echo: AgentTool = { name: "echo", description: "Says it.", inputSchema: { type: "object" } };
const never = new AbortController().signal;

class Daemon extends RecordingObserver {
  readonly calls: ToolCall[] = [];
  perform: NonNullable<RunObserver["onToolCall"]> = async ({ input }) => ({
    kind: "ok",
    output: input,
  });

  onToolCall(call: ToolCall, signal: AbortSignal): Promise<AgentToolResult> {
    this.calls.push(call);
    return this.perform(call, signal);
  }
}

/** One run whose turn is the test. */
async function run(play: ScriptedTurn, daemon = new Daemon()): Promise<Daemon> {
  await using world = createWorld({ backend: new ScriptedBackend(play) });
  await world.host.start(world.order({ tools: [echo] }), daemon);
  await daemon.ending();
  return daemon;
}

describe("an agent's tools", () => {
  it("R-520 are performed by the daemon, whoever of the agent's programs calls them", async () => {
    const results: unknown[] = [];
    let folder = "";
    const daemon = await run(async (_turn, { tools }) => {
      results.push(tools.list().map(({ name }) => name));
      results.push(await tools.call("echo", { text: "by the backend" }, never));
      folder = dirname(tools.binFolder ?? "");
      const program = join(folder, "bin", "signalbox-tool");
      const call = promisify(execFile)(program, ["call", "echo", '{"text":"by a program"}']);
      results.push((await call).stdout);
      return { kind: "succeeded" };
    });
    expect(results).toEqual([
      ["ask_human", "echo"],
      { kind: "ok", output: { text: "by the backend" } },
      '{"text":"by a program"}\n',
    ]);
    expect(daemon.calls.map(({ callId }) => callId)).toEqual(["call-1", "call-2"]);
    expect(existsSync(folder)).toBe(false);
  });

  it("R-509 an unknown one gets a failure, and the session goes on", async () => {
    const results: AgentToolResult[] = [];
    const daemon = await run(async (_turn, { tools }) => {
      results.push(await tools.call("launch", {}, never));
      results.push(await tools.call("echo", {}, never));
      return { kind: "succeeded" };
    });
    expect(results[0]).toMatchObject({ kind: "failed", code: "unknown-tool", retryable: false });
    expect(results[1]).toMatchObject({ kind: "ok" });
    expect((await daemon.ending()).outcome).toEqual({ kind: "succeeded" });
  });

  it("tell nobody a secret of the daemon", async () => {
    const secret = "canary-0123456789";
    await using world = createWorld({
      backend: new ScriptedBackend(async (_turn, { tools }) => {
        await tools.call("echo", { body: [`the token is ${secret}`] }, never);
        return { kind: "succeeded" };
      }),
      environment: { TRACKER_TOKEN: secret },
    });
    const daemon = new Daemon();
    await world.host.start(world.order({ tools: [echo] }), daemon);
    await daemon.ending();
    expect(daemon.calls[0]?.input).toEqual({ body: ["the token is [redacted]"] });
  });

  it("wait a minute for a daemon that does not answer, and are asked again under the same id", async () => {
    const daemon = new Daemon();
    const aborted: boolean[] = [];
    const results: AgentToolResult[] = [];
    await using world = createWorld({
      backend: new ScriptedBackend(async (_turn, { tools }) => {
        daemon.perform = (_call, signal) => {
          signal.addEventListener("abort", () => aborted.push(true));
          setImmediate(() => world.clock.advance(60_000));
          return new Promise(() => undefined);
        };
        results.push(await tools.call("echo", { text: "once" }, never));
        daemon.perform = async () => ({ kind: "ok", output: null });
        results.push(await tools.call("echo", { text: "once" }, never));
        return { kind: "succeeded" };
      }),
    });
    await world.host.start(world.order({ tools: [echo] }), daemon);
    await daemon.ending();
    expect(results[0]).toMatchObject({ kind: "failed", code: "daemon-absent", retryable: true });
    expect(aborted).toEqual([true]);
    expect(daemon.calls.map(({ callId }) => callId)).toEqual(["call-1", "call-1"]);
  });

  it("are logged each with issue, run and outcome, and without what was said", async () => {
    await using world = createWorld({
      backend: new ScriptedBackend(async (_turn, { tools }) => {
        await tools.call("echo", { text: "quite private" }, never);
        return { kind: "succeeded" };
      }),
    });
    const daemon = new Daemon();
    await world.host.start(world.order({ tools: [echo] }), daemon);
    await daemon.ending();
    const lines = world.logged.filter((line) => line.includes("called a tool"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /"issue_identifier":"first","run_id":"run-1","tool":"echo","result":"ok"/,
    );
    expect(lines[0]).not.toContain("private");
  });

  it("fill no log where an agent calls again and again what it is refused", async () => {
    await using world = createWorld({
      backend: new ScriptedBackend(async (_turn, { tools }) => {
        for (let call = 0; call < 1_000; call += 1) await tools.call("unknown", {}, never);
        await tools.call("echo", { text: "once" }, never);
        return { kind: "succeeded" };
      }),
    });
    const daemon = new Daemon();
    await world.host.start(world.order({ tools: [echo] }), daemon);
    await daemon.ending();
    expect(world.logged.filter((line) => line.includes("called a tool"))).toHaveLength(121);
  });

  it("are none where the daemon offers none", async () => {
    await using world = createWorld({
      backend: new ScriptedBackend(async (_turn, { tools }) => {
        expect([tools.list(), tools.mcp]).toEqual([[], null]);
        return { kind: "succeeded" };
      }),
    });
    const daemon = new Daemon();
    await world.host.start(world.order(), daemon);
    expect((await daemon.ending()).outcome).toEqual({ kind: "succeeded" });
  });
});

describe("a question to a person", () => {
  it("R-510 ends the run as one that needs input, whatever the turn says", async () => {
    const daemon = await run(async (_turn, { tools }) => {
      await tools.call("ask_human", { question: "  Which of them?  " }, never);
      expect(await tools.call("ask_human", { question: "And now?" }, never)).toMatchObject({
        code: "already-asked",
      });
      return { kind: "succeeded" };
    });
    expect((await daemon.ending()).outcome).toEqual({
      kind: "needs-input",
      question: "Which of them?",
    });
    expect(daemon.agentEvents).toContainEqual({
      type: "input-requested",
      question: "Which of them?",
    });
    expect(daemon.calls).toEqual([]);
  });

  it("R-510 ends also the run of an agent that goes on", async () => {
    const daemon = new Daemon();
    await using world = createWorld({
      backend: new ScriptedBackend(async (turn, order, prompt, signal) => {
        await order.tools.call("ask_human", { question: "Which?" }, never);
        setImmediate(() => world.clock.advance(30_000));
        return untilAborted(turn, order, prompt, signal);
      }),
    });
    await world.host.start(world.order({ tools: [] }), daemon);
    expect((await daemon.ending()).outcome).toEqual({ kind: "needs-input", question: "Which?" });
  });

  it("R-520 that is none is refused with a reason", async () => {
    const results: AgentToolResult[] = [];
    await run(async (_turn, { tools }) => {
      for (const input of [
        {},
        { question: " " },
        { question: 1 },
        { question: "x", to: "y" },
        null,
      ]) {
        results.push(await tools.call("ask_human", input, never));
      }
      return { kind: "succeeded" };
    });
    expect(results.map((result) => result.kind === "failed" && result.code)).toEqual(
      results.map(() => "bad-arguments"),
    );
  });
});
