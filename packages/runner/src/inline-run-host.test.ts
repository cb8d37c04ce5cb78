import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  AgentEvent,
  Backend,
  RunEnding,
  SessionOrder,
  TurnOutcome,
} from "@signalbox/contracts";
import { isAlive, killStrays } from "@signalbox/process";
import { WorkspaceManager } from "@signalbox/workspaces";
import { describe, expect, it } from "vitest";
import { RecordingObserver } from "./__fixtures__/recording-observer.ts";
import { aborted, ScriptedBackend, untilAborted } from "./__fixtures__/scripted-backend.ts";
import { createWorld, issueOf } from "./__fixtures__/world.ts";
import { InlineRunHost } from "./inline-run-host.ts";
import { runMarker } from "./run-marker.ts";

describe("a host", () => {
  it("starts a run once, and attaches whoever starts it again", async () => {
    const backend = new ScriptedBackend(untilAborted);
    await using world = createWorld({ backend });
    const first = new RecordingObserver();
    const second = new RecordingObserver();
    await world.host.start(world.order(), first);
    await first.until("running-turn");
    await world.host.start(world.order(), second);
    await world.host.stop("run-1", "operator");
    expect(await second.ending()).toMatchObject({ outcome: { kind: "canceled" } });
    expect(second.story).toEqual(["finishing", "ended"]);
    expect(first.story).not.toContain("ended");
    expect(backend.sessions).toHaveLength(1);
  });

  it("lets no two runs work on one issue, until the first has said that it ended", async () => {
    const backend = new ScriptedBackend(untilAborted);
    await using world = createWorld({ backend });
    const first = new RecordingObserver();
    await world.host.start(world.order(), first);
    const second = world.order({ runId: "run-2" });
    await expect(world.host.start(second, first)).rejects.toMatchObject({
      code: "workspace_occupied",
    });
    const other = world.order({ runId: "run-3", issue: issueOf("other") });
    await world.host.start(other, new RecordingObserver());

    const again = new RecordingObserver();
    const restarted = Promise.withResolvers<void>();
    const onEvent = first.onEvent.bind(first);
    first.onEvent = (event) => {
      onEvent(event);
      if (event.type === "ended")
        world.host.start(second, again).then(restarted.resolve, restarted.reject);
    };
    await world.host.stop("run-1", "operator");
    await restarted.promise;
    await again.until("running-turn");
  });

  it("stops every run when it closes, and starts none after it", async () => {
    const backend = new ScriptedBackend(untilAborted);
    await using world = createWorld({ backend });
    const observers = [new RecordingObserver(), new RecordingObserver()];
    for (const [index, observer] of observers.entries()) {
      const issue = issueOf(`issue-${index}`);
      await world.host.start(world.order({ runId: `run-${index}`, issue }), observer);
      await observer.until("running-turn");
    }
    await world.host.close();
    for (const observer of observers) {
      const { outcome } = await observer.ending();
      expect(outcome).toEqual({ kind: "canceled", reason: "shutdown" });
    }
    await expect(world.host.start(world.order(), new RecordingObserver())).rejects.toMatchObject({
      code: "host_closed",
    });
    await world.host.close();
  });

  it("R-515 stops a run whose start is under way", async () => {
    await using world = createWorld({ backend: new ScriptedBackend(untilAborted) });
    const observer = new RecordingObserver();
    const started = world.host.start(world.order(), observer);
    await Promise.all([world.host.stop("run-1", "operator"), started]);
    const { outcome } = await observer.ending();
    expect(outcome).toEqual({ kind: "canceled", reason: "operator" });
  });

  it("ignores an order to stop a run that it does not know", async () => {
    await using world = createWorld({ backend: new ScriptedBackend() });
    await world.host.stop("run-77", "operator");
    expect(world.logged).toEqual([]);
  });
});

it("runs the README's example", async () => {
  await using world = createWorld({ backend: new ScriptedBackend() });
  const { stateDir } = world.config;
  const workspaces = new WorkspaceManager(world.config);
  const backend = new ScriptedBackend();
  const loadBackend = async (): Promise<Backend> => backend;
  const logger = { log: () => undefined };
  const order = world.order();
  const { clock } = world;

  const host = new InlineRunHost({ workspaces, loadBackend, stateDir, clock, logger });
  const ended = Promise.withResolvers<RunEnding>();
  await host.start(order, {
    onEvent: (event) => {
      if (event.type === "ended") ended.resolve(event.ending);
    },
    onTurnEnded: async () => ({ kind: "end", reason: "done" }),
  });
  const { outcome } = await ended.promise;
  await host.close();
  expect(outcome).toEqual({ kind: "succeeded" });
});

describe("recovery", () => {
  it("adopts what lives here, and kills what is left of a run before it says gone", async () => {
    await using world = createWorld({ backend: new ScriptedBackend(untilAborted) });
    const { stateDir } = world.config;
    const host = new InlineRunHost({
      workspaces: new WorkspaceManager(world.config),
      loadBackend: async () => new ScriptedBackend(untilAborted),
      stateDir,
      clock: world.clock,
      logger: { log: () => undefined },
    });
    const agent = spawn("sleep", ["60"], {
      detached: true,
      env: { ...process.env, SIGNALBOX_RUN_ID: runMarker(stateDir, "run-9") },
    });
    const ended = once(agent, "exit");
    expect(
      await host.recover({ runId: "run-9", epoch: 2, afterSpoolSeq: 0 }, new RecordingObserver()),
    ).toBe("gone");
    expect(await ended).toEqual([null, "SIGKILL"]);

    const [first, second] = [new RecordingObserver(), new RecordingObserver()];
    await host.start(world.order(), first);
    expect(await host.recover({ runId: "run-1", epoch: 2, afterSpoolSeq: 0 }, second)).toBe(
      "adopted",
    );
    await host.close();
    expect(second.story).toContain("ended");
    expect(first.story).not.toContain("ended");
  });
});

const succeeded: TurnOutcome = { kind: "succeeded" };
const message: AgentEvent = { type: "message", role: "agent", text: "late" };

/** A backend whose session has what `session` has, whatever the contract says: not every plugin is type-checked. */
function backendOf(session: (order: SessionOrder) => object): Backend {
  return { startSession: async (order) => Object.assign(Object.create(null), session(order)) };
}

const misbehaviours: readonly (readonly [string, Backend, string])[] = [
  [
    "throws at the start",
    {
      startSession: () => {
        throw new TypeError("no");
      },
    },
    "failed",
  ],
  ["rejects at the start", { startSession: async () => Promise.reject(new Error("no")) }, "failed"],
  ["gives an empty session", backendOf(() => ({})), "failed"],
  [
    "throws in a turn",
    backendOf(() => ({
      runTurn: () => {
        throw new TypeError("no");
      },
      close: async () => undefined,
    })),
    "failed",
  ],
  [
    "gives a turn no outcome",
    backendOf(() => ({ runTurn: async () => undefined, close: async () => undefined })),
    "failed",
  ],
  [
    "sends what is no event",
    backendOf(({ emit }) => ({
      runTurn: async () => {
        emit(JSON.parse('{"type":"message"}'));
        emit(JSON.parse("null"));
        return succeeded;
      },
      close: async () => undefined,
    })),
    "succeeded",
  ],
  [
    "resolves a turn twice",
    backendOf(() => ({
      runTurn: async () =>
        new Promise((resolve) => {
          for (const kind of ["succeeded", "lost"]) resolve({ kind });
        }),
      close: async () => undefined,
    })),
    "succeeded",
  ],
  [
    "fails to close",
    backendOf(() => ({
      runTurn: async () => succeeded,
      close: () => {
        throw new Error("no");
      },
    })),
    "succeeded",
  ],
];

describe("a backend that", () => {
  it.each(misbehaviours)(
    "R-516 %s: one ending, and nothing after it",
    async (_how, backend, kind) => {
      await using world = createWorld({ backend });
      const observer = new RecordingObserver();
      await world.host.start(world.order(), observer);
      const { outcome } = await observer.ending();
      expect(outcome.kind).toBe(kind);
      await new Promise(setImmediate);
      expect(observer.story.filter((word) => word === "ended")).toHaveLength(1);
      expect(observer.story.at(-1)).toBe("ended");
    },
  );

  it("R-516 speaks after its session is closed is not heard", async () => {
    const backend = new ScriptedBackend();
    await using world = createWorld({ backend });
    const observer = new RecordingObserver();
    await world.host.start(world.order(), observer);
    await observer.ending();
    backend.sessions[0]?.emit(message);
    backend.sessions[0]?.transcribe("late");
    await new Promise(setImmediate);
    expect(observer.story.at(-1)).toBe("ended");
  });

  it("R-220 does not stop its agent has it killed before the workspace is touched", async () => {
    const folder = mkdtempSync(join(tmpdir(), "signalbox-stubborn-"));
    const pidFile = join(folder, "pid");
    let pid = 0;
    const stubborn: Backend = {
      startSession: async ({ cwd, environment }) => {
        const agent = spawn("sleep", ["60"], {
          cwd,
          detached: true,
          env: { ...process.env, ...environment },
        });
        pid = agent.pid ?? 0;
        writeFileSync(pidFile, String(pid));
        return {
          sessionId: null,
          runTurn: async () => new Promise(() => undefined),
          interrupt: async () => undefined,
          close: async () => new Promise(() => undefined),
        };
      },
    };
    const afterRun = `state=$(sed 's/.*) //' /proc/$(cat ${pidFile})/stat 2>/dev/null | cut -c1); echo "\${state:-gone}" > ${folder}/seen`;
    await using world = createWorld({ backend: stubborn, hooks: { afterRun } });
    const host = new InlineRunHost({
      workspaces: new WorkspaceManager(world.config),
      loadBackend: async () => stubborn,
      stateDir: world.config.stateDir,
      clock: world.clock,
      logger: { log: () => undefined },
      killStrays,
    });
    const observer = new RecordingObserver();
    await host.start(world.order(), observer);
    await observer.until("running-turn");
    expect(isAlive(pid, null)).toBe(true);
    await host.stop("run-1", "issue-terminal");
    while (!observer.story.includes("ended")) {
      world.clock.advance(15_000);
      await new Promise(setImmediate);
    }
    expect(readFileSync(join(folder, "seen"), "utf8").trim()).toMatch(/^(gone|Z)$/);
    const { outcome } = await observer.ending();
    expect(outcome).toEqual({ kind: "canceled", reason: "issue-terminal" });
    rmSync(folder, { recursive: true });
  });

  it("is told to stop gets the signal before anything else happens", async () => {
    const order: string[] = [];
    const backend = new ScriptedBackend(async (_turn, _order, _prompt, signal) => {
      await aborted(signal);
      order.push("aborted");
      return { kind: "canceled", reason: "operator" };
    });
    await using world = createWorld({ backend, hooks: { afterRun: "touch ../after-run" } });
    const observer = new RecordingObserver();
    await world.host.start(world.order(), observer);
    await observer.until("running-turn");
    const marker = join(world.config.workspace.root, "after-run");
    expect(existsSync(marker)).toBe(false);
    await world.host.stop("run-1", "budget");
    await observer.ending();
    expect(order).toEqual(["aborted"]);
    expect(existsSync(marker)).toBe(true);
  });
});
