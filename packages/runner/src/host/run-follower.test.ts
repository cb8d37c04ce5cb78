import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../__fixtures__/manual-clock.ts";
import { realClock } from "../__fixtures__/real-clock.ts";
import { RecordingObserver } from "../__fixtures__/recording-observer.ts";
import { identityOf } from "../folder/process-identity.ts";
import { runFolder, type RunFolder } from "../folder/run-folder.ts";
import { SpoolWriter } from "../spool/spool-writer.ts";
import { RunFollower } from "./run-follower.ts";

let stateDir: string;
let folder: RunFolder;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "signalbox-follower-"));
  folder = runFolder(stateDir, "run-1");
});

afterEach(() => rmSync(stateDir, { recursive: true }));

describe("following a run", () => {
  it("R-704 waits for a spool that cannot be read now, and takes it for no end", async () => {
    const clock = new ManualClock();
    const observer = new RecordingObserver();
    const told = Promise.withResolvers<void>();
    mkdirSync(folder.spool, { recursive: true });
    const follower = new RunFollower({
      folder,
      epoch: 1,
      afterSpoolSeq: 0,
      owner: null,
      socket: "",
      clock,
      logger: { log: () => told.resolve() },
      killStrays: async () => undefined,
      observer,
      onOver: () => undefined,
    });
    await told.promise;
    expect(observer.events).toEqual([]);

    rmdirSync(folder.spool);
    const spool = new SpoolWriter({ path: folder.spool, now: () => clock.now() });
    const ending = { outcome: { kind: "succeeded" }, fingerprint: null, turns: 1 } as const;
    spool.commit({ kind: "event", event: { type: "ended", spoolSeq: 1, at: 1, ending } });
    spool.close();
    clock.advance(60_000);
    expect(await observer.ending()).toEqual(ending);
    await follower.done;
  });

  it("R-705 a runner that ends before it is killed for its silence is lost, and nothing else", async () => {
    const parent = spawn("sh", ["-c", "sleep 60 & echo $!; wait"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [said] = await once(parent.stdout, "data");
    const pid = Number(said);
    const logged: string[] = [];
    const observer = new RecordingObserver();
    const follower = new RunFollower({
      folder,
      epoch: 1,
      afterSpoolSeq: 0,
      owner: identityOf(pid),
      socket: join(stateDir, "none"),
      clock: { ...realClock, setTimer: (_ms, callback) => realClock.setTimer(0, callback) },
      logger: {
        log: (_level, text) => {
          logged.push(text);
          endNow(pid);
        },
      },
      killStrays: async () => undefined,
      observer,
      onOver: () => undefined,
    });
    await follower.done;
    expect((await observer.ending()).outcome).toMatchObject({ kind: "lost" });
    expect(logged).toEqual([expect.stringContaining("no sign of life")]);
  });
});

/** Returns when the process is dead and its parent knows. */
function endNow(pid: number): void {
  process.kill(pid, "SIGKILL");
  for (const limit = Date.now() + 5_000; Date.now() < limit && isAlive(pid);) {
    // Nothing else may happen meanwhile.
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
