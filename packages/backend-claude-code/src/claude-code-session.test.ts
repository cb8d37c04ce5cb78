import { chmod, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TurnOutcome } from "@signalbox/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scriptedProgram } from "./__fixtures__/scripted-program.ts";
import {
  never,
  type OrderOverrides,
  startSession,
  type TestSession,
} from "./__fixtures__/start-session.ts";

let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-claude-code-")));
});

afterAll(async () => {
  await rm(folder, { recursive: true, maxRetries: 5 });
});

async function started(scenario: string, order: OrderOverrides = {}): Promise<TestSession> {
  const program = await scriptedProgram(folder, scenario);
  return startSession({ program, env: { CLAUDE_CONFIG_DIR: folder } }, { cwd: folder, ...order });
}

async function turn(scenario: string): Promise<TestSession & { outcome: TurnOutcome }> {
  const session = await started(scenario);
  const outcome = await session.session.runTurn("Do it", never);
  await session.session.close();
  return { ...session, outcome };
}

it("the example of the README runs", async () => {
  const order = { cwd: folder };
  const program = await scriptedProgram(folder, "success");
  const { session } = await startSession(
    { program, permissions: "accept-edits", deniedTools: ["Bash(git push *)"] },
    order,
  );
  const outcome = await session.runTurn("Add a README", never);
  await session.close();
  expect(outcome).toEqual({ kind: "succeeded" });
});

describe("a turn", () => {
  it("R-512 a program that exits with 0 and without a result has failed", async () => {
    expect((await turn("exit")).outcome).toEqual({
      kind: "failed",
      code: "agent-exit",
      retryable: true,
      message: "Claude Code exited with code 0 in the middle of a turn",
    });
  });

  it("R-503 a program that runs with another permission mode than asked for is stopped", async () => {
    expect((await turn("mode")).outcome).toEqual({
      kind: "failed",
      code: "agent-protocol",
      retryable: false,
      message:
        "Claude Code runs with permission mode bypassPermissions, and acceptEdits was asked for.",
    });
  });

  it("R-508 an unknown request is refused, and the turn goes on", async () => {
    const { outcome, events } = await turn("unknown");
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(events).toContainEqual({
      type: "message",
      role: "agent",
      text: JSON.stringify({
        subtype: "error",
        error: "Unsupported request: open_a_window",
        request_id: "asked",
      }),
    });
  });

  it("R-513 a reset that is far away is not waited for", async () => {
    const before = Date.now();
    const { outcome } = await turn("retry");
    expect(outcome).toEqual({
      kind: "quota-exhausted",
      pool: "anthropic",
      resetsAt: expect.any(Number),
    });
    const resetsAt = outcome.kind === "quota-exhausted" ? (outcome.resetsAt ?? 0) : 0;
    expect(resetsAt - before).toBeGreaterThanOrEqual(3_600_000);
    expect(resetsAt - before).toBeLessThan(3_660_000);
  });

  it("R-513 a login that is refused is not tried again and again", async () => {
    expect((await turn("login")).outcome).toMatchObject({ code: "auth", retryable: false });
  });

  it("R-513 a limit of the plan is told with its reset", async () => {
    const { outcome, events } = await turn("quota");
    const resetsAt = 2_524_608_000_000;
    expect(outcome).toEqual({ kind: "quota-exhausted", pool: "anthropic", resetsAt });
    expect(events).toContainEqual({
      type: "rate-limit",
      pool: "anthropic",
      usedPercent: 100,
      resetsAt,
    });
  });

  it("R-515 a program that hears no interrupt is stopped", async () => {
    const { session, event } = await started("deaf", { limits: { graceMs: 300 } });
    const outcome = session.runTurn("Do it", never);
    await event(({ type }) => type === "message");
    await session.interrupt();
    expect(await outcome).toEqual({ kind: "canceled", reason: "operator" });
    expect(await session.runTurn("Go on", never)).toMatchObject({ kind: "canceled" });
    await session.close();
  });

  it("R-506 a request whose line is too long is refused, and the cut is told once", async () => {
    const { session, events, transcript } = await started("noise");
    expect(await session.runTurn("Do it", never)).toEqual({ kind: "succeeded" });
    await session.close();
    expect(transcript).toContainEqual(expect.stringMatching(/^\[sent\].*"request_id":"long"/));
    const cuts = events.filter((event) => event.type === "notice" && /too long/.test(event.text));
    expect(cuts).toHaveLength(1);
  });

  it("R-521 the transcript has both sides", async () => {
    const { transcript } = await turn("success");
    expect(transcript.filter((line) => line.startsWith("[sent] "))).toHaveLength(2);
    expect(transcript.at(-1)).toContain('"type":"result"');
  });
});

describe("a start", () => {
  it("R-517 says how to get a program that is missing", async () => {
    await expect(
      startSession({ program: join(folder, "missing") }, { cwd: folder }),
    ).rejects.toMatchObject({
      code: "agent-not-found",
      retryable: false,
      remedy: expect.stringContaining("npm install -g @anthropic-ai/claude-code@2.1.330"),
    });
  });

  it("R-517 says what a program printed that ended at once", async () => {
    const program = join(folder, "broken");
    await writeFile(program, "#!/bin/sh\necho 'error: unknown option' >&2\nexit 1\n");
    await chmod(program, 0o755);
    await expect(startSession({ program }, { cwd: folder })).rejects.toMatchObject({
      code: "agent-exit",
      message: "Claude Code exited with code 1 before it was ready: error: unknown option",
      remedy: expect.stringContaining("2.1.330"),
    });
  });

  it("R-505 has a limit", async () => {
    await expect(started("mute", { limits: { startupTimeoutMs: 300 } })).rejects.toMatchObject({
      code: "startup-timed-out",
      retryable: true,
    });
  });
});
