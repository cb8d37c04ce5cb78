import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { RunEvent } from "@signalbox/contracts";
import { ManualClock } from "../__fixtures__/manual-clock.ts";
import { WorkspaceLock } from "../folder/workspace-lock.ts";
import { RunInterruption } from "../run-interruption.ts";
import { SpoolWriter } from "../spool/spool-writer.ts";
import { RunRecorder } from "./run-recorder.ts";

const killStrays = async (): Promise<void> => undefined;
const ended: RunEvent = {
  type: "ended",
  spoolSeq: 1,
  at: 0,
  ending: { outcome: { kind: "succeeded" }, fingerprint: null, turns: 1 },
};
let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "signalbox-recorder-"));
});

afterEach(() => rmSync(stateDir, { recursive: true }));

it("R-709 an outcome that the disk does not take is written when it does, and the lock given back", async () => {
  const clock = new ManualClock();
  const take = async (marker: string): Promise<WorkspaceLock> =>
    WorkspaceLock.take({ stateDir, key: "one", marker, killStrays });
  const lock = await take("first");
  const path = join(stateDir, "spool");
  const spool = new SpoolWriter({ path, now: () => clock.now() });
  const interruption = new RunInterruption();
  const onOver = (): void => lock.release();
  const recorder = new RunRecorder({ runId: "run-1", spool, clock, interruption, onOver });

  const locks = join(stateDir, "locks");
  renameSync(locks, `${locks}-away`);
  void recorder.onEvent(ended);
  await clock.yield();
  clock.advance(1_000);
  await clock.yield();
  expect(readFileSync(path, "utf8")).toBe("");
  renameSync(`${locks}-away`, locks);
  clock.advance(1_000);
  await recorder.ended;
  expect(readFileSync(path, "utf8")).toContain('"ended"');
  await expect(take("second")).resolves.toBeDefined();
});
