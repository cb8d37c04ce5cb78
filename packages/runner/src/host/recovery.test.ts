import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { RunEvent } from "@signalbox/contracts";
import { isAlive } from "@signalbox/process";
import { describe, expect, it } from "vitest";
import { DaemonProcess } from "../__fixtures__/daemon-process.ts";
import { nodeArguments, ProcessWorld, runnerEntry } from "../__fixtures__/process-world.ts";
import { gone, livingChildren } from "../__fixtures__/processes.ts";
import { RecordingObserver } from "../__fixtures__/recording-observer.ts";
import { formatRunnerMessage } from "../entry/runner-order.ts";
import { runFolder } from "../folder/run-folder.ts";

/** Says `one`, and `two` once its gate is opened. */
function gatedWorld(): ProcessWorld {
  const script = "echo one $$; while [ ! -e ../../gate ]; do sleep 0.02; done; echo two";
  return new ProcessWorld({ script });
}

function openGate(world: ProcessWorld): void {
  writeFileSync(join(world.stateDir, "gate"), "");
}

function eventsOf(daemon: DaemonProcess): RunEvent[] {
  return daemon.heard.flatMap(([word, event]) => (word === "event" ? [event as RunEvent] : []));
}

describe("a daemon that is killed", () => {
  it("R-703 the next one adopts the run, and the agent notices nothing", async () => {
    await using world = gatedWorld();
    await using first = new DaemonProcess(world);
    first.tell({ start: world.order() });
    await first.said("one ");
    await first.kill();
    const known = eventsOf(first).map((event) => event.spoolSeq);

    const host = world.host();
    const observer = new RecordingObserver();
    const afterSpoolSeq = Math.max(...known);
    expect(await host.recover({ runId: "run-1", epoch: 2, afterSpoolSeq }, observer)).toBe(
      "adopted",
    );
    openGate(world);
    expect((await observer.ending()).outcome).toEqual({ kind: "succeeded" });
    const all = [...known, ...observer.events.map((event) => event.spoolSeq)];
    expect(all).toEqual(all.map((_, index) => index + 1));
    const { transcript } = runFolder(world.stateDir, "run-1");
    const lines = readFileSync(transcript, "utf8");
    expect(lines.match(/one \d+/g), "R-521").toHaveLength(1);
    expect(lines, "R-521").toContain('"two"');
  });

  it("R-704 the outcome of a run that ended meanwhile is read from its spool", async () => {
    await using world = gatedWorld();
    await using first = new DaemonProcess(world);
    // Nobody answers between turns, so it ends after one.
    first.tell({ start: world.order({ endsAfter: "success" }) });
    await first.said("one ");
    await first.kill();
    const runner = world.runnerPid();
    openGate(world);
    await gone(runner);

    for (const epoch of [2, 3]) {
      const observer = new RecordingObserver();
      const recovery = { runId: "run-1", epoch, afterSpoolSeq: 0 };
      expect(await world.host().recover(recovery, observer)).toBe("ended");
      expect((await observer.ending()).outcome).toEqual({ kind: "succeeded" });
    }
  });

  it("R-705 what a run has said whose runner died too is told, then that it is lost", async () => {
    await using world = gatedWorld();
    await using first = new DaemonProcess(world);
    first.tell({ start: world.order() });
    await first.said("one ");
    await first.kill();
    const agent = Number(/one (\d+)/.exec(JSON.stringify(first.heard))?.[1]);
    world.killRunner();
    expect(isAlive(agent, null)).toBe(true);

    const observers = [new RecordingObserver(), new RecordingObserver()];
    const recovery = { runId: "run-1", epoch: 2, afterSpoolSeq: 0 };
    await Promise.all(observers.map((observer) => world.host().recover(recovery, observer)));
    for (const observer of observers) {
      expect((await observer.ending()).outcome).toMatchObject({ kind: "lost" });
      expect(observer.story).toContain("session-started");
    }
    expect(isAlive(agent, null)).toBe(false);
  });

  it("R-702 a question between turns that it did not answer is asked again", async () => {
    await using world = new ProcessWorld({ script: "true" });
    await using first = new DaemonProcess(world);
    first.tell({ start: world.order() });
    await first.said('"turn",{"turn":1');
    await first.kill();

    const observer = new RecordingObserver({ kind: "end", reason: "done" });
    await world.host().recover({ runId: "run-1", epoch: 2, afterSpoolSeq: 0 }, observer);
    expect(await observer.ending()).toMatchObject({ outcome: { kind: "succeeded" }, turns: 1 });
    expect(observer.turns.map(({ turn }) => turn)).toEqual([1]);
  });

  it("R-702 a question that it answered is not asked again", async () => {
    const wait = "while [ -e ../turn1 -a ! -e ../../gate ]; do sleep 0.02; done; touch ../turn1";
    await using world = new ProcessWorld({ script: `echo begun; ${wait}` });
    await using first = new DaemonProcess(world);
    first.tell({ start: world.order() });
    await first.said('"turn",{"turn":1');
    first.tell({ reply: { kind: "go" } });
    await first.saidTimes("begun", 2);
    await first.kill();

    const observer = new RecordingObserver({ kind: "end", reason: "done" });
    await world.host().recover({ runId: "run-1", epoch: 2, afterSpoolSeq: 0 }, observer);
    await observer.when(() => observer.story.filter((word) => word === "message").length === 2);
    openGate(world);
    expect(await observer.ending()).toMatchObject({ outcome: { kind: "succeeded" }, turns: 2 });
    expect(observer.turns.map(({ turn }) => turn)).toEqual([2]);
  });

  it("takes its spare runner with it", async () => {
    await using world = new ProcessWorld();
    await using daemon = new DaemonProcess(world);
    daemon.tell({ start: world.order({ endsAfter: "success" }) });
    await daemon.said('"ended"');
    await gone(world.runnerPid());
    const spares = livingChildren(daemon.child.pid ?? 0);
    expect(spares).toHaveLength(1);
    await daemon.kill();
    await Promise.all(spares.map(gone));
  });
});

describe("a run that has no runner yet", () => {
  it("R-702 never gets one, once it is given up", async () => {
    await using world = new ProcessWorld({ script: "touch ../../ran" });
    const observer = new RecordingObserver();
    const recovery = { runId: "run-1", epoch: 2, afterSpoolSeq: 0 };
    expect(await world.host().recover(recovery, observer)).toBe("gone");
    expect(await world.host().recover({ ...recovery, epoch: 3 }, observer)).toBe("gone");
    await expect(world.host().start(world.order(), observer)).rejects.toMatchObject({
      code: "run_taken",
    });

    // The order of a daemon that has died since is still on its way.
    const late = spawn(process.execPath, [...nodeArguments, fileURLToPath(runnerEntry)], {
      stdio: ["pipe", "ignore", "inherit", "pipe"],
    });
    const environment = { XDG_RUNTIME_DIR: world.folder };
    late.stdin?.end(
      formatRunnerMessage({ stateDir: world.stateDir, order: world.order(), environment }),
    );
    await once(late, "exit");
    expect(existsSync(join(world.stateDir, "ran"))).toBe(false);
    expect(observer.events).toEqual([]);
  });

  it.each([60, 75, 90, 120, 180])(
    "R-702 is either recovered or given up, when its daemon dies after %i ms",
    async (afterMs) => {
      await using world = new ProcessWorld({ script: "echo x >> ../../ran; sleep 60" });
      await using daemon = new DaemonProcess(world);
      daemon.tell({ start: world.order() });
      await delay(afterMs);
      await daemon.kill();
      const observer = new RecordingObserver();
      const recovery = { runId: "run-1", epoch: 2, afterSpoolSeq: 0 };
      const host = world.host();
      const found = await host.recover(recovery, observer);
      if (found !== "gone") await observer.until("running-turn");
      // An order that is on its way arrives meanwhile.
      else await delay(200);
      await host.stop("run-1", "operator");
      if (found !== "gone") await observer.ending();
      expect({ found, ran: existsSync(join(world.stateDir, "ran")) }).toEqual(
        found !== "gone" ? { found, ran: true } : { found, ran: false },
      );
    },
  );
});

describe("a newer daemon", () => {
  it("R-707 is obeyed, and the older one is not any more", async () => {
    await using world = gatedWorld();
    await using old = new DaemonProcess(world);
    old.tell({ start: world.order() });
    await old.said("one ");
    old.child.kill("SIGSTOP");

    const host = world.host();
    const observer = new RecordingObserver();
    await host.recover({ runId: "run-1", epoch: 2, afterSpoolSeq: 0 }, observer);
    old.tell({ stop: { runId: "run-1", reason: "operator" } });
    old.child.kill("SIGCONT");
    await old.said("has taken a run over");
    await old.said('"stopped"');

    const late = new RecordingObserver();
    const lateHost = world.host();
    await lateHost.recover({ runId: "run-1", epoch: 1, afterSpoolSeq: 0 }, late);
    await lateHost.stop("run-1", "operator");
    openGate(world);
    expect((await observer.ending()).outcome).toEqual({ kind: "succeeded" });
    expect(JSON.stringify(old.heard)).not.toContain('"ended"');
    expect(late.turns).toEqual([]);
  });
});
