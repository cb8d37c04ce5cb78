import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
  mkdirSync,
} from "node:fs";
import { once } from "node:events";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { identityOf } from "../folder/process-identity.ts";
import { runFolder, type RunFolder } from "../folder/run-folder.ts";
import { takeRunLock, type RunLock } from "../folder/run-lock.ts";
import { pruneRuns } from "./prune-runs.ts";

const dayMs = 86_400_000;
const retention = { spoolDays: 7, transcriptDays: 30 };
let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "signalbox-prune-"));
});

afterEach(() => rmSync(stateDir, { recursive: true }));

function oldRun(
  runId: string,
  days: number,
  lock: Exclude<RunLock, { kind: "damaged" }>,
): RunFolder {
  const folder = runFolder(stateDir, runId);
  takeRunLock(folder, lock);
  for (const path of [folder.order, folder.spool, folder.transcript]) writeFileSync(path, "x");
  const seconds = (Date.now() - days * dayMs) / 1_000;
  for (const name of readdirSync(folder.path))
    utimesSync(join(folder.path, name), seconds, seconds);
  return folder;
}

it("removes what is older than it has to be kept, and nothing of a live run", async () => {
  const young = oldRun("run-1", 6, { kind: "revoked" });
  const middle = oldRun("run-2", 8, { kind: "revoked" });
  const old = oldRun("run-3", 31, { kind: "revoked" });
  const owner = identityOf(process.pid);
  const live = oldRun("run-4", 31, { kind: "runner", owner, socket: "/tmp/x.sock" });
  mkdirSync(join(stateDir, "runs", "something else"));
  await pruneRuns({ stateDir, retention, now: Date.now() });
  expect(readdirSync(young.path)).toHaveLength(4);
  expect(readdirSync(middle.path)).toEqual(["transcript.jsonl"]);
  expect(existsSync(old.path)).toBe(false);
  expect(readdirSync(live.path)).toHaveLength(4);
  expect(existsSync(join(stateDir, "runs", "something else"))).toBe(true);
});

it("has nothing to do where nothing ran", async () => {
  await pruneRuns({ stateDir: join(stateDir, "none"), retention, now: Date.now() });
  expect(readdirSync(stateDir)).toEqual([]);
});

it("removes the socket of a dead runner at once, and nothing else that its lock may name", async () => {
  const dead = { ...identityOf(process.pid), startTime: 1 };
  const left = createServer();
  const socket = join(stateDir, "left.sock");
  await once(left.listen(socket), "listening");
  const file = join(stateDir, "file");
  writeFileSync(file, "");
  oldRun("run-1", 0, { kind: "runner", owner: dead, socket });
  oldRun("run-2", 0, { kind: "runner", owner: dead, socket: file });
  oldRun("run-3", 0, { kind: "runner", owner: dead, socket: join(stateDir, "none.sock") });
  await pruneRuns({ stateDir, retention, now: Date.now() });
  expect(existsSync(socket)).toBe(false);
  expect(existsSync(file)).toBe(true);
  left.close();
});
