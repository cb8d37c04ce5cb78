import type { AgentToolResult, Clock } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { clock, echo } from "./__fixtures__/desk.ts";
import { RunTools, type RunToolsOrder } from "./index.ts";

const never = new AbortController().signal;

function toolsWith(more: Partial<RunToolsOrder> = {}): RunTools {
  return new RunTools({ tools: [echo], clock, perform: nothing, ...more });
}

async function nothing(): Promise<AgentToolResult> {
  return { kind: "ok", output: null };
}

async function codeOf(result: Promise<AgentToolResult>): Promise<string> {
  const settled = await result;
  return settled.kind === "ok" ? "ok" : `${settled.code}${settled.retryable ? ", later" : ""}`;
}

describe("an agent's calls", () => {
  it("are bounded in a minute, and go on after it", async () => {
    let now = 0;
    const standing: Clock = { ...clock, now: () => now };
    const tools = toolsWith({ clock: standing, limits: { perMinute: 2 } });
    const call = (): Promise<string> => codeOf(tools.call("echo", {}, never));
    expect([await call(), await call(), await call()]).toEqual([
      "ok",
      "ok",
      "too-many-calls, later",
    ]);
    now = 59_999;
    expect(await call()).toBe("too-many-calls, later");
    now = 60_000;
    expect(await call()).toBe("ok");
  });

  it("are bounded in a run, and at a time", async () => {
    const gate = Promise.withResolvers<AgentToolResult>();
    const tools = toolsWith({ perform: () => gate.promise, limits: { inFlight: 1, perRun: 2 } });
    const first = tools.call("echo", {}, never);
    expect(await codeOf(tools.call("echo", {}, never))).toBe("too-many-calls, later");
    gate.resolve({ kind: "ok", output: null });
    expect(await codeOf(first)).toBe("ok");
    expect(await codeOf(tools.call("echo", {}, never))).toBe("ok");
    expect(await codeOf(tools.call("echo", {}, never))).toBe("too-many-calls");
  });

  it("are bounded in size, both ways", async () => {
    const tools = toolsWith({
      limits: { inputBytes: 20, outputBytes: 20 },
      perform: async () => ({ kind: "ok", output: "☂".repeat(20) }),
    });
    expect(await codeOf(tools.call("echo", { text: "☂".repeat(5) }, never))).toBe(
      "input-too-large",
    );
    expect(await codeOf(tools.call("echo", {}, never))).toBe("output-too-large");
  });

  it("are answered, whatever whoever performs them throws", async () => {
    const tools = toolsWith({ perform: async () => Promise.reject(new Error("broken")) });
    expect(await tools.call("echo", {}, never)).toEqual({
      kind: "failed",
      code: "tool-failed",
      message: "broken",
      retryable: true,
    });
  });

  it("have an id each, and that of the first where one is repeated that may work later", async () => {
    const ids: string[] = [];
    const results: AgentToolResult[] = [
      { kind: "failed", code: "busy", message: "Busy.", retryable: true },
      { kind: "ok", output: null },
      { kind: "ok", output: null },
      { kind: "failed", code: "wrong", message: "Wrong.", retryable: false },
      { kind: "ok", output: null },
    ];
    const tools = toolsWith({
      perform: async ({ callId }) => {
        ids.push(callId);
        return results.shift() ?? { kind: "ok", output: null };
      },
    });
    for (const text of ["a", "a", "a", "b", "b"]) await tools.call("echo", { text }, never);
    expect(ids).toEqual(["call-1", "call-1", "call-2", "call-3", "call-4"]);
  });

  it("R-324 have the id of the first where the agent stopped waiting: what it wrote may be there", async () => {
    const ids: string[] = [];
    const tools = toolsWith({
      perform: async ({ callId }, signal) => {
        ids.push(callId);
        await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
        return { kind: "ok", output: null };
      },
    });
    const impatient = new AbortController();
    const given = tools.call("echo", { text: "a" }, impatient.signal);
    impatient.abort();
    expect(await codeOf(given)).toBe("tool-failed");
    await tools.call("echo", { text: "a" }, never);
    await tools.call("echo", { text: "a" }, never);
    expect(ids).toEqual(["call-1", "call-1", "call-2"]);
  });

  it("are reported without what was said", async () => {
    const reports: unknown[] = [];
    const tools = toolsWith({ onCalled: (report) => reports.push(report) });
    await tools.call("echo", { text: "private" }, never);
    await tools.call("a name that is private", {}, never);
    expect(reports).toEqual([
      { name: "echo", result: "ok", tookMs: expect.any(Number) },
      { name: "unknown", result: "unknown-tool", tookMs: expect.any(Number) },
    ]);
  });
});
