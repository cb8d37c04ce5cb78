import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AgentTool, AgentToolResult, ToolCall } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { DaemonProcess } from "../__fixtures__/daemon-process.ts";
import { ProcessWorld } from "../__fixtures__/process-world.ts";
import { RecordingObserver } from "../__fixtures__/recording-observer.ts";

const echo: AgentTool = { name: "echo", description: "Says it.", inputSchema: { type: "object" } };
const script = `signalbox-tool call echo '{"text":"hello"}' > answer; cat answer`;

class Daemon extends RecordingObserver {
  readonly calls: ToolCall[] = [];

  async onToolCall(call: ToolCall): Promise<AgentToolResult> {
    this.calls.push(call);
    return { kind: "ok", output: call.input };
  }
}

describe("a call of an agent", () => {
  it("reaches the daemon through the runner, and its answer the program that called", async () => {
    await using world = new ProcessWorld({ script });
    const daemon = new Daemon();
    await world.host().start(world.order({ tools: [echo], endsAfter: "success" }), daemon);
    expect((await daemon.ending()).outcome).toEqual({ kind: "succeeded" });
    expect(daemon.calls).toEqual([{ callId: "call-1", name: "echo", input: { text: "hello" } }]);
    expect(daemon.agentEvents).toContainEqual({
      type: "message",
      role: "agent",
      text: '{"text":"hello"}',
    });
  });

  it("R-703 whose daemon dies over it is asked of the next one, under the same id", async () => {
    await using world = new ProcessWorld({ script });
    await using first = new DaemonProcess(world);
    first.tell({ start: world.order({ tools: [echo], endsAfter: "success" }) });
    await first.said('"call-1"');
    await first.kill();

    const next = new Daemon();
    const recovery = { runId: "run-1", epoch: 2, afterSpoolSeq: 0 };
    expect(await world.host().recover(recovery, next)).toBe("adopted");
    expect((await next.ending()).outcome).toEqual({ kind: "succeeded" });
    expect(next.calls).toEqual([{ callId: "call-1", name: "echo", input: { text: "hello" } }]);
  });

  it("that was answered is not asked of the next daemon", async () => {
    const gated = `${script}; while [ ! -e ../../gate ]; do sleep 0.02; done`;
    await using world = new ProcessWorld({ script: gated });
    const first = new Daemon();
    const host = world.host();
    await host.start(world.order({ tools: [echo], endsAfter: "success" }), first);
    await first.when(() => JSON.stringify(first.agentEvents).includes("hello"));
    await host.close("leave");

    const next = new Daemon();
    const recovery = { runId: "run-1", epoch: 2, afterSpoolSeq: 0 };
    const second = world.host();
    expect(await second.recover(recovery, next)).toBe("adopted");
    await second.stop("run-1", "operator");
    await next.ending();
    expect(next.calls).toEqual([]);
  });
});

it("R-518 the token of the tracker reaches no agent that has tools, and no file of its run", async () => {
  const canary = "canary-0123456789abcdef";
  const looking = [
    "env",
    "cat $(dirname $SIGNALBOX_TOOL)/signalbox-tool $(dirname $SIGNALBOX_TOOL)/../token",
    "cat /proc/self/environ /proc/$PPID/environ /proc/$PPID/cmdline 2>/dev/null | tr '\\0' '\\n'",
    "signalbox-tool list",
    `signalbox-tool call echo '{}'`,
    "find . $HOME $TMPDIR -type f -size -64k -exec cat {} +",
  ].join("; ");
  await using world = new ProcessWorld({
    script: `{ ${looking}; } > seen 2>&1`,
    // The backend would pass it on, if the runner had it.
    environment: { SIGNALBOX_TEST_TRACKER_KEY: canary },
  });
  const daemon = new Daemon();
  await world.host().start(world.order({ tools: [echo], endsAfter: "success" }), daemon);
  await daemon.ending();
  const workspace = daemon.events.flatMap((event) =>
    event.type === "workspace-prepared" ? [event.workspace.path] : [],
  );
  const seen = readFileSync(join(workspace[0] ?? "", "seen"), "utf8");
  expect(seen).toContain("SIGNALBOX_TOOL=");
  expect(seen).not.toContain(canary);
  expect(
    filesBelow(world.stateDir).filter((file) => readFileSync(file, "utf8").includes(canary)),
  ).toEqual([]);
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
