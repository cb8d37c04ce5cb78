import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { pruneSessions, sessionsFolder } from "./prune-sessions.ts";

const dayMs = 86_400_000;
const now = 2_000_000_000_000;
const retention = { spoolDays: 7, transcriptDays: 30 };
let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "signalbox-prune-"));
});

afterEach(() => rmSync(stateDir, { recursive: true }));

function session(key: string, name: string, days: number): void {
  const folder = join(sessionsFolder(stateDir), key);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), "x");
  const seconds = (now - days * dayMs) / 1_000;
  utimesSync(join(folder, name), seconds, seconds);
  utimesSync(folder, seconds, seconds);
}

it("removes conversations that are older than transcripts are kept, and no other", async () => {
  session("old", "a.jsonl", 31);
  session("young", "a.jsonl", 29);
  session("continued", "b.jsonl", 2);
  session("continued", "a.jsonl", 31);
  await pruneSessions({ stateDir, retention, now });
  expect(readdirSync(sessionsFolder(stateDir)).toSorted()).toEqual(["continued", "young"]);
  expect(readdirSync(join(sessionsFolder(stateDir), "continued"))).toHaveLength(2);
});

it("has nothing to do where nobody has spoken", async () => {
  await pruneSessions({ stateDir, retention, now });
  expect(readdirSync(stateDir)).toEqual([]);
});
