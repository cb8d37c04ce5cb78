import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, killStrays } from "@signalbox/process";
import { describe, expect, it } from "vitest";
import type { Clock } from "@signalbox/contracts";
import { ProcessWorld, runnerEntry } from "../__fixtures__/process-world.ts";
import { gone, livingChildren } from "../__fixtures__/processes.ts";
import { realClock } from "../__fixtures__/real-clock.ts";
import { RecordingObserver } from "../__fixtures__/recording-observer.ts";
import { issueOf } from "../__fixtures__/world.ts";
import { runFolder } from "../folder/run-folder.ts";

/** Tells its pid and those of two more that would outlive it, then works until it is stopped. */
const family = "echo $$; setsid sleep 60 & echo $!; sleep 60 & echo $!; wait";

const muteEntry = new URL("../__fixtures__/mute-entry.ts", import.meta.url);

function pidsIn(observer: RecordingObserver): number[] {
  return observer.agentEvents
    .flatMap((event) => (event.type === "message" ? event.text.split("\n") : []))
    .map(Number);
}

async function startFamily(world: ProcessWorld, runId = "run-1") {
  const host = world.host();
  const observer = new RecordingObserver();
  await host.start(world.order({ runId }), observer);
  await observer.when(() => pidsIn(observer).length === 3);
  return { host, observer, living: () => pidsIn(observer).filter((pid) => isAlive(pid, null)) };
}

describe("a run in its own process", () => {
  it("tells what happens, in order, to its end, and leaves everything in its folder", async () => {
    await using world = new ProcessWorld({ script: "echo hello" });
    const host = world.host();
    const observer = new RecordingObserver();
    await host.start(world.order(), observer);
    expect(await observer.ending()).toMatchObject({ outcome: { kind: "succeeded" }, turns: 1 });
    expect(observer.story).toEqual(
      expect.arrayContaining(["workspace-prepared", "session-started", "running-turn", "message"]),
    );
    const numbers = observer.events.map((event) => event.spoolSeq);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));

    const folder = runFolder(world.stateDir, "run-1");
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
    for (const file of [folder.order, folder.lock, folder.spool, folder.transcript]) {
      expect(statSync(file).mode & 0o777, file).toBe(0o600);
    }
    const transcript = readFileSync(folder.transcript, "utf8");
    expect(transcript, "R-521").toContain("hello");
  });

  it("keeps secrets out of what others can see of it, and the tracker's from the agent", async () => {
    await using world = new ProcessWorld({
      script: 'echo "key=$SIGNALBOX_TEST_TRACKER_KEY other=$SIGNALBOX_TEST_SECRET"; sleep 60',
      environment: {
        SIGNALBOX_TEST_TRACKER_KEY: "tracker-secret",
        SIGNALBOX_TEST_SECRET: "agent-secret",
      },
    });
    const host = world.host();
    const observer = new RecordingObserver();
    await host.start(world.order(), observer);
    await observer.until("message");
    expect(observer.agentEvents).toContainEqual(
      expect.objectContaining({ type: "message", text: expect.stringMatching(/^key= other=\[/) }),
    );
    for (const file of ["environ", "cmdline"]) {
      const seen = readFileSync(`/proc/${world.runnerPid()}/${file}`, "latin1");
      expect(seen).not.toMatch(/tracker-secret|agent-secret/);
    }
    const spool = readFileSync(runFolder(world.stateDir, "run-1").spool, "utf8");
    expect(spool).toContain("The backend is made.");
    expect(spool).not.toMatch(/tracker-secret|agent-secret/);
    const { order } = runFolder(world.stateDir, "run-1");
    expect(readFileSync(order, "utf8")).not.toMatch(/tracker-secret|agent-secret/);
  });

  it("R-515 stops at any time, for the first reason, any number of times", async () => {
    await using world = new ProcessWorld({ script: "sleep 60" });
    const host = world.host();
    for (const [index, word] of ["now", "workspace-prepared", "running-turn"].entries()) {
      const observer = new RecordingObserver();
      const runId = `run-${index + 1}`;
      const started = host.start(world.order({ runId, issue: issueOf(word) }), observer);
      if (word !== "now") await observer.until(word);
      await Promise.all([host.stop(runId, "operator"), host.stop(runId, "stalled"), started]);
      await host.stop(runId, "budget");
      const { outcome } = await observer.ending();
      expect(outcome).toEqual({ kind: "canceled", reason: "operator" });
      expect(observer.story.filter((told) => told === "ended")).toHaveLength(1);
      await host.stop(runId, "operator");
    }
    await host.stop("run-77", "operator");
  });

  it("R-514 nothing of the agent is alive when its run has been stopped", async () => {
    await using world = new ProcessWorld({ script: family });
    const { host, observer, living } = await startFamily(world);
    expect(living()).toHaveLength(3);
    await host.stop("run-1", "operator");
    await observer.ending();
    expect(living()).toEqual([]);
  });

  it("R-514 leaves no agent behind that its backend starts when its session is closed", async () => {
    await using world = new ProcessWorld({ backend: "late" });
    const observer = new RecordingObserver({ kind: "end", reason: "done" });
    await world.host().start(world.order(), observer);
    const runner = world.runnerPid();
    await observer.ending();
    await gone(runner);
    const agent = readFileSync(join(world.stateDir, "workspaces", "first", "late"), "utf8");
    expect(isAlive(Number(agent), null)).toBe(false);
  });

  it("R-705 is lost, exactly once and with its agent dead, when its runner dies", async () => {
    await using world = new ProcessWorld({ script: family });
    const { observer, living } = await startFamily(world);
    world.killRunner();
    expect((await observer.ending()).outcome).toMatchObject({ kind: "lost" });
    expect(living()).toEqual([]);
    expect(observer.story.filter((told) => told === "ended")).toHaveLength(1);
  });

  it("R-705 is lost, with its agent dead, when its runner dies before its reply is heard", async () => {
    await using world = new ProcessWorld();
    const observer = new RecordingObserver();
    await world.host(muteEntry).start(world.order(), observer);
    expect((await observer.ending()).outcome).toMatchObject({ kind: "lost" });
    expect(await killStrays(world.marker())).toEqual([]);
  });

  it("R-515 a runner that hangs is killed when it does not obey, and its run is lost", async () => {
    await using world = new ProcessWorld({ script: family });
    const { living } = await startFamily(world);
    const fast: Clock = {
      ...realClock,
      setTimer: (delayMs, callback) => realClock.setTimer(delayMs / 50, callback),
    };
    process.kill(world.runnerPid(), "SIGSTOP");
    const host = world.host(undefined, fast);
    const observer = new RecordingObserver();
    await host.recover({ runId: "run-1", epoch: 2, afterSpoolSeq: 0 }, observer);
    await host.stop("run-1", "operator");
    expect((await observer.ending()).outcome).toMatchObject({ kind: "lost" });
    expect(living()).toEqual([]);
    expect(world.logged).toContainEqual(expect.stringContaining("no sign of life"));
  });

  it("asks between turns, and goes on in the same session", async () => {
    await using world = new ProcessWorld({ script: "echo turn" });
    const observer = new RecordingObserver(
      { kind: "go" },
      { kind: "end", reason: "issue-changed" },
    );
    await world.host().start(world.order(), observer);
    const { outcome, turns } = await observer.ending();
    expect(outcome).toEqual({ kind: "canceled", reason: "issue-changed" });
    expect(turns).toBe(2);
    expect(observer.turns.map(({ turn }) => turn)).toEqual([1, 2]);
  });

  it("is attached to by whoever starts it again", async () => {
    await using world = new ProcessWorld({ script: family });
    const { host, observer, living } = await startFamily(world);
    const again = new RecordingObserver();
    await host.start(world.order(), again);
    const elsewhere = new RecordingObserver();
    await world.host().start(world.order(), elsewhere);
    await elsewhere.until("running-turn");
    expect(elsewhere.events.slice(0, 3)).toEqual(observer.events.slice(0, 3));
    expect(living()).toHaveLength(3);
    await host.stop("run-1", "operator");
    expect((await again.ending()).outcome).toMatchObject({ kind: "canceled" });
    expect((await elsewhere.ending()).outcome).toMatchObject({ kind: "canceled" });
    expect(observer.story).not.toContain("ended");
  });

  it("shares its workspace with no other run, until its agent is dead", async () => {
    await using world = new ProcessWorld({ script: family });
    const { host, living } = await startFamily(world);
    const second = world.order({ runId: "run-2" });
    await expect(host.start(second, new RecordingObserver())).rejects.toMatchObject({
      code: "workspace_occupied",
      retryable: true,
    });
    const before = living();
    // Before the daemon has heard of the end.
    await host.close("leave");
    world.killRunner();
    const next = new RecordingObserver();
    await world.host().start(world.order({ runId: "run-3" }), next);
    await next.until("preparing-workspace");
    expect(before.filter((agent) => isAlive(agent, null))).toEqual([]);
  });

  it("is not begun under an id that is no name", async () => {
    await using world = new ProcessWorld();
    const host = world.host();
    const observer = new RecordingObserver();
    for (const runId of [
      "",
      ".",
      "..",
      "../run-1",
      "a/b",
      "run 1",
      "-x",
      "run-1\0",
      "x".repeat(41),
    ]) {
      const code = "run_id_invalid";
      await expect(host.start(world.order({ runId }), observer)).rejects.toMatchObject({ code });
      const recovery = { runId, epoch: 1, afterSpoolSeq: 0 };
      await expect(host.recover(recovery, observer)).rejects.toMatchObject({ code });
    }
    expect(existsSync(join(world.stateDir, "runs"))).toBe(false);
  });

  it("is refused, with what the runner said, where no runner can be had", async () => {
    await using world = new ProcessWorld();
    const broken = join(world.folder, "broken.mjs");
    writeFileSync(broken, "throw new Error('no such luck')");
    const host = world.host(new URL(`file://${broken}`));
    const observer = new RecordingObserver();
    await expect(host.start(world.order(), observer)).rejects.toMatchObject({
      code: "runner_died",
      message: expect.stringContaining("no such luck"),
    });
    const { lock } = runFolder(world.stateDir, "run-1");
    expect(existsSync(lock)).toBe(false);
  });

  it("R-522 an agent that says 100 MB does not grow the host's memory", async () => {
    await using world = new ProcessWorld({ backend: "chatty" });
    let heard = 0;
    let most = 0;
    const before = process.memoryUsage().rss;
    const ended = Promise.withResolvers<void>();
    await world.host().start(world.order(), {
      onEvent: (event) => {
        heard += event.type === "agent-event" ? 1 : 0;
        most = Math.max(most, process.memoryUsage().rss - before);
        if (event.type === "ended") ended.resolve();
      },
      onTurnEnded: async () => ({ kind: "end", reason: "done" }),
    });
    await ended.promise;
    expect(heard).toBeGreaterThan(500);
    expect(statSync(runFolder(world.stateDir, "run-1").spool).size).toBeGreaterThan(8_000_000);
    expect(most).toBeLessThan(60_000_000);
  });
});

describe("closing", () => {
  it("leaves runs alone, or stops them, and starts none after it", async () => {
    await using world = new ProcessWorld({ script: family });
    const { host, observer, living } = await startFamily(world);
    await host.close("leave");
    expect(living()).toHaveLength(3);
    expect(observer.story).not.toContain("ended");
    await expect(host.start(world.order(), observer)).rejects.toMatchObject({
      code: "host_closed",
    });

    const next = world.host();
    const adopted = new RecordingObserver();
    await next.recover({ runId: "run-1", epoch: 2, afterSpoolSeq: 0 }, adopted);
    await next.close("stop");
    expect((await adopted.ending()).outcome).toEqual({ kind: "canceled", reason: "shutdown" });
    expect(living()).toEqual([]);
    await next.close("stop");
  });

  it("does not wait for ever for a run that cannot say how it ended", async () => {
    await using world = new ProcessWorld({ script: "echo begun; sleep 60" });
    const hurried: Clock = {
      ...realClock,
      setTimer: (ms, callback) => realClock.setTimer(ms === 120_000 ? 100 : ms, callback),
    };
    const host = world.host(runnerEntry, hurried);
    const observer = new RecordingObserver();
    const hooks = {
      ...world.config.hooks,
      afterRun: "while [ ! -e ../../gate ]; do sleep 0.02; done",
    };
    await host.start(world.order({ config: { ...world.config, hooks } }), observer);
    await observer.until("message");
    await host.close("stop");
    expect(observer.story).not.toContain("ended");

    writeFileSync(join(world.stateDir, "gate"), "");
    const next = new RecordingObserver();
    await world.host().recover({ runId: "run-1", epoch: 2, afterSpoolSeq: 0 }, next);
    expect((await next.ending()).outcome).toEqual({ kind: "canceled", reason: "shutdown" });
  });

  it("ends the runner that waits for an order", async () => {
    await using world = new ProcessWorld();
    const before = new Set(livingChildren(process.pid));
    const host = world.host();
    host.warm();
    host.warm();
    const spares = livingChildren(process.pid).filter((pid) => !before.has(pid));
    expect(spares).toHaveLength(1);
    await host.close("leave");
    await Promise.all(spares.map(gone));
  });

  it("keeps as many spares as were asked for at once, as long as that is remembered", async () => {
    await using world = new ProcessWorld();
    const before = new Set(livingChildren(process.pid));
    const spares = (): number[] => livingChildren(process.pid).filter((pid) => !before.has(pid));
    let now = 0;
    const host = world.host(runnerEntry, { ...realClock, now: () => now });
    const run = async (...runIds: readonly string[]): Promise<void> => {
      const observers = runIds.map(() => new RecordingObserver());
      const starts = runIds.map((runId, index) => {
        const order = world.order({ runId, issue: issueOf(runId) });
        return host.start(order, observers[index] ?? new RecordingObserver());
      });
      await Promise.all(starts);
      await Promise.all(observers.map((observer) => observer.ending()));
    };
    await run("run-1", "run-2");
    await expect.poll(() => spares().length, { timeout: 10_000 }).toBe(2);
    await run("run-3");
    await expect.poll(() => spares().length, { timeout: 10_000 }).toBe(2);
    now = 11 * 60_000;
    await run("run-4");
    await expect.poll(() => spares().length, { timeout: 10_000 }).toBe(1);
  });
});
