import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { identityOf, isRunning } from "./process-identity.ts";
import { runFolder } from "./run-folder.ts";
import { readRunLock, takeRunLock } from "./run-lock.ts";
import { WorkspaceLock } from "./workspace-lock.ts";

let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "signalbox-locks-"));
});

afterEach(() => rmSync(stateDir, { recursive: true }));

/** A process that has ended. */
async function deadIdentity() {
  const child = spawn("sleep", ["60"]);
  const identity = identityOf(child.pid ?? 0);
  child.kill("SIGKILL");
  await once(child, "exit");
  return identity;
}

describe("a process", () => {
  it("R-706 is not taken for a later one with its pid, nor for one of an earlier boot", async () => {
    const own = identityOf(process.pid);
    expect(isRunning(own)).toBe(true);
    expect(isRunning({ ...own, startTime: (own.startTime ?? 0) + 1 })).toBe(false);
    expect(isRunning({ ...own, bootId: "another" })).toBe(false);
    expect(isRunning(await deadIdentity())).toBe(false);
  });
});

describe("the lock of a run", () => {
  const owned = { kind: "runner", owner: identityOf(process.pid), socket: "/tmp/x.sock" } as const;

  it("belongs to whoever is first, for good", () => {
    const folder = runFolder(stateDir, "run-1");
    expect(readRunLock(folder)).toBeNull();
    expect(takeRunLock(folder, owned)).toBeNull();
    expect(takeRunLock(folder, { kind: "revoked" })).toEqual(owned);
    expect(readdirSync(folder.path)).toEqual(["lock"]);
    expect(statSync(folder.lock).mode & 0o777).toBe(0o600);
    const other = runFolder(stateDir, "run-2");
    expect(takeRunLock(other, { kind: "revoked" })).toBeNull();
    expect(takeRunLock(other, owned)).toEqual({ kind: "revoked" });
  });

  it.each(["", "{", "null", "[]", '{"kind":"runner"}', '{"kind":"runner","owner":{"pid":"1"}}'])(
    "is damaged, and taken all the same, with %j in it",
    (content) => {
      const folder = runFolder(stateDir, "run-1");
      takeRunLock(folder, owned);
      writeFileSync(folder.lock, content);
      expect(takeRunLock(folder, owned)).toEqual({ kind: "damaged" });
    },
  );
});

describe("the lock of a workspace", () => {
  const killed: string[] = [];
  const order = (marker: string) => ({
    stateDir,
    key: "issue-1",
    marker,
    killStrays: async (stray: string) => void killed.push(stray),
  });

  it("is held by one run at a time", async () => {
    const lock = await WorkspaceLock.take(order("one"));
    await expect(WorkspaceLock.take(order("two"))).rejects.toMatchObject({
      code: "workspace_occupied",
      message: expect.stringContaining("one"),
    });
    lock.release();
    lock.release();
    const next = await WorkspaceLock.take(order("two"));
    next.release();
    expect(killed).toEqual([]);
  });

  it("goes to exactly one of many who want it from a dead holder, when what that one left is dead", async () => {
    const folder = join(stateDir, "locks", "issue-1");
    const first = await WorkspaceLock.take(order("one"));
    const dead = JSON.stringify({ v: 1, marker: "one", owner: await deadIdentity() });
    writeFileSync(join(folder, "1"), dead);
    killed.length = 0;
    const results = await Promise.allSettled(
      ["a", "b", "c", "d"].map((marker) => WorkspaceLock.take(order(marker))),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(new Set(killed)).toEqual(new Set(["one"]));
    expect(readdirSync(folder)).toEqual(["2"]);
    first.release();
    await expect(WorkspaceLock.take(order("late"))).rejects.toMatchObject({
      code: "workspace_occupied",
    });
  });

  it("does not go to one that was late, where others have had it meanwhile", async () => {
    await WorkspaceLock.take(order("one"));
    const dead = JSON.stringify({ v: 1, marker: "one", owner: await deadIdentity() });
    writeFileSync(join(stateDir, "locks", "issue-1", "1"), dead);
    const late = WorkspaceLock.take({
      ...order("late"),
      killStrays: async () => {
        const second = await WorkspaceLock.take(order("second"));
        second.release();
        await WorkspaceLock.take(order("third"));
      },
    });
    await expect(late).rejects.toMatchObject({
      code: "workspace_occupied",
      message: expect.stringContaining("third"),
    });
    expect(readdirSync(join(stateDir, "locks", "issue-1"))).toEqual(["3"]);
  });
});
