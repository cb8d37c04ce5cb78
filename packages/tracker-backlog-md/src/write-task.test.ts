import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { mkdir, readFile, readdir, rmdir, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { newBacklog } from "./__fixtures__/new-backlog.ts";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { lockPath, takeTaskLock } from "./task-lock.ts";
import { updateTask } from "./write-task.ts";

const run = promisify(execFile);
const program = fileURLToPath(new URL("__fixtures__/move-tasks.ts", import.meta.url));
const { signal } = new AbortController();

async function place(): Promise<{ path: string; lock: string }> {
  const folder = await temporaryFolder();
  const path = join(folder, "task-1.md");
  await writeFile(path, "old");
  return { path, lock: join(folder, ".locks", "task-task-1") };
}

describe("R-328 writers lose no update", () => {
  it("of three processes that comment on the same tasks", async () => {
    const { folder, add } = await newBacklog();
    const paths = [await add(1), await add(2)];
    const writers = ["a", "b", "c"].map((name) =>
      run(process.execPath, [
        "--conditions=@signalbox/source",
        program,
        folder,
        name,
        "4",
        "TASK-1",
        "TASK-2",
      ]),
    );
    await Promise.all(writers);
    for (const path of paths) {
      const found = (await readFile(path, "utf8")).match(/^By [abc], \d$/gm) ?? [];
      expect(found.toSorted().join()).toBe(
        ["a", "b", "c"].flatMap((name) => [0, 1, 2, 3].map((at) => `By ${name}, ${at}`)).join(),
      );
    }
    expect(await readdir(join(folder, "backlog", ".locks"))).toEqual([]);
    expect((await readdir(join(folder, "backlog", "tasks"))).length).toBe(2);
  }, 30_000);

  it("while the program holds its lock: the write waits for it", async () => {
    const { path, lock } = await place();
    await mkdir(lock, { recursive: true });
    const writing = updateTask({ path, name: "x", lock, change: () => "new" }, signal);
    const pause = new Promise((resolve) => setTimeout(resolve, 150, "still waiting"));
    expect(await Promise.race([writing, pause])).toBe("still waiting");
    expect(await readFile(path, "utf8")).toBe("old");
    await rmdir(lock);
    await writing;
    expect(await readFile(path, "utf8")).toBe("new");
  });

  it.each([
    { when: "while it is written", call: 2, isReplaced: true },
    { when: "while it is written", call: 2, isReplaced: false },
    // By rename it would be lost then: no call of the file system compares and renames.
    { when: "between the comparison and the rename", call: 3, isReplaced: false },
  ])("with somebody who takes no lock and saves $when", async ({ call, isReplaced }) => {
    const { path, lock } = await place();
    const editor = openSync(path, "r+");
    // It is asked for the lock, before the new file is written, and at the last moment.
    const asked = new AbortController().signal;
    let calls = 0;
    asked.throwIfAborted = () => {
      calls += 1;
      if (calls === call && isReplaced) {
        writeFileSync(`${path}.new`, "theirs");
        renameSync(`${path}.new`, path);
      } else if (calls === call) writeSync(editor, "theirs", 0);
    };
    await updateTask({ path, name: "x", lock, change: (text) => `${text}+` }, asked);
    closeSync(editor);
    expect(await readFile(path, "utf8")).toBe("theirs+");
  });
});

it("R-327 a writer that is killed leaves whole files, and the next one needs no help", async () => {
  const { folder, tracker, add, at } = await newBacklog();
  const path = await add(1);
  const notes = async (): Promise<readonly number[]> =>
    [...(await readFile(path, "utf8")).matchAll(/^By a, (\d+)$/gm)].map(([, note]) => Number(note));
  for (const afterMs of [0, 7]) {
    const { length } = await notes();
    const args = ["--conditions=@signalbox/source", program, folder, "a", "100000", "TASK-1"];
    const writer = spawn(process.execPath, args, { stdio: "ignore" });
    const isWriting = async (): Promise<void> =>
      expect((await notes()).length).toBeGreaterThan(length);
    await vi.waitFor(isWriting, { timeout: 20_000, interval: 5 });
    await sleep(afterMs);
    writer.kill("SIGKILL");
    await once(writer, "exit");
    const longAgo = new Date(Date.now() - 60_000);
    const lock = lockPath(at(""), "TASK-1");
    if (existsSync(lock)) await utimes(lock, longAgo, longAgo);
    const left = await notes();
    expect(left).toEqual(Array.from(left, (_, index) => index));
    await tracker.ensureComment("TASK-1", { key: `after-${afterMs}`, body: "Next" }, signal);
    expect(await readdir(at("tasks"))).toEqual(["task-1 - T.md"]);
    expect(await readFile(path, "utf8")).toMatch(/<!-- COMMENTS:END -->\n$/);
  }
}, 60_000);

describe("the lock", () => {
  it("is where the program has it", () => {
    expect(lockPath("/b", " TASK-1.2 ")).toBe(join("/b", ".locks", "task-task-1.2"));
    expect(lockPath("/b", "../x y")).toBe(join("/b", ".locks", "task--x-y"));
  });

  it("is one owner's at a time, and a dead owner's is taken over", async () => {
    const { lock } = await place();
    const first = await takeTaskLock(lock);
    expect(await takeTaskLock(lock)).toBeNull();
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(lock, longAgo, longAgo);
    const second = await takeTaskLock(lock);
    expect(await Promise.all([first?.isHeld(), second?.isHeld()])).toEqual([false, true]);
    await first?.release();
    expect(await second?.isHeld()).toBe(true);
    await second?.release();
    expect(await readdir(dirname(lock))).toEqual([]);
  });

  it("R-327 nothing is written once the call is aborted, and nothing is left", async () => {
    const { path, lock } = await place();
    const controller = new AbortController();
    const change = (): string => {
      controller.abort(new Error("enough"));
      return "new";
    };
    const writing = updateTask({ path, name: "x", lock, change }, controller.signal);
    await expect(writing).rejects.toThrow("enough");
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(dirname(path))).toEqual([".locks", "task-1.md"]);
  });
});
