import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { lutimes, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { takeFileLock } from "./file-lock.ts";

const program = fileURLToPath(new URL("__fixtures__/lock-taker.ts", import.meta.url));

function taker(...words: readonly string[]): ChildProcess {
  const source = "--conditions=@signalbox/source";
  return spawn(process.execPath, [source, program, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function holder(lock: string): Promise<ChildProcess> {
  const child = taker(lock, "", "1", "holds");
  if (child.stdout === null) throw new Error("no output");
  await once(child.stdout, "data");
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

describe("the lock of a file", () => {
  it("is held by one at a time, also within a process, and leaves nothing", async () => {
    const folder = await temporaryFolder();
    const lock = join(folder, "x.lock");
    const held = await takeFileLock(lock);
    expect(await takeFileLock(lock)).toBeNull();
    expect(await held?.isHeld()).toBe(true);
    await held?.release();
    expect(await held?.isHeld()).toBe(false);
    const next = await takeFileLock(lock);
    await held?.release();
    expect(await next?.isHeld()).toBe(true);
    await next?.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("goes as soon as its owner is dead, and stands while that one is stopped", async () => {
    const folder = await temporaryFolder();
    const lock = join(folder, "x.lock");
    const owner = await holder(lock);
    owner.kill("SIGSTOP");
    await lutimes(lock, new Date(0), new Date(0));
    expect(await takeFileLock(lock)).toBeNull();
    await killed(owner);
    const held = await takeFileLock(lock);
    expect(await held?.isHeld()).toBe(true);
    await held?.release();
  });

  it("goes from a dead owner to one of many, whatever those leave who die with it", async () => {
    const folder = await temporaryFolder();
    const lock = join(folder, "x.lock");
    const file = join(folder, "sum");
    await writeFile(file, "0");
    const times = 15;
    let counted = 0;
    const round = async (): Promise<void> => {
      const owner = await holder(lock);
      const takers = [1, 2, 3].map(() => taker(lock, file, String(times)));
      const ends = takers.map((child) => once(child.stdout?.resume() ?? child, "close"));
      await killed(owner);
      await Promise.all(ends);
      counted += takers.length * times;
    };
    await round();
    await round();
    expect(await readFile(file, "utf8")).toBe(String(counted));
    expect(await readdir(folder)).toEqual(["sum"]);
  }, 60_000);

  it("of somebody on another machine stands for ten seconds without a sign of life", async () => {
    const folder = await temporaryFolder();
    const lock = join(folder, "x.lock");
    await symlink(JSON.stringify({ v: 1, pid: 1, startTime: 1, space: "elsewhere" }), lock);
    expect(await takeFileLock(lock)).toBeNull();
    const longAgo = new Date(Date.now() - 11_000);
    await lutimes(lock, longAgo, longAgo);
    const held = await takeFileLock(lock);
    expect(await held?.isHeld()).toBe(true);
    await held?.release();
  });
});
