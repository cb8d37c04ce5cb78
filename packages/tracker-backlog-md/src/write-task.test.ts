import { execFile } from "node:child_process";
import {
  mkdir,
  open,
  readFile,
  readdir,
  rename,
  rmdir,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
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

  it("with somebody who takes no lock: the operation is made again on the newer text", async () => {
    const { path, lock } = await place();
    const seen: (string | null)[] = [];
    const change = (text: string | null): string => {
      seen.push(text);
      return `${text}+`;
    };
    const replacing = {
      path,
      name: "x",
      lock,
      change: (text: string | null): string => {
        if (seen.length === 0)
          void writeFile(`${path}.new`, "theirs").then(() => rename(`${path}.new`, path));
        return change(text);
      },
    };
    // Theirs comes before our rename or after it; never is it lost under ours.
    await updateTask(replacing, signal);
    const text = await readFile(path, "utf8");
    expect(["theirs+", "theirs"]).toContain(text);
  });

  it("that save into the file that is just being replaced", async () => {
    const { path, lock } = await place();
    const editor = await open(path, "r+");
    let calls = 0;
    const change = (text: string | null): string => {
      calls += 1;
      return `${text}+`;
    };
    // Their write lands in the old file, after our comparison at the earliest and before we let go of it.
    const theirs = (async (): Promise<void> => {
      const { ino } = await editor.stat();
      while ((await stat(path)).ino === ino) await new Promise(setImmediate);
      await editor.truncate(0);
      await editor.write("late", 0);
    })();
    await updateTask({ path, name: "x", lock, change }, signal);
    await theirs;
    await editor.close();
    expect([1, 2]).toContain(calls);
    expect(await readFile(path, "utf8")).toBe(calls === 2 ? "late+" : "old+");
  });
});

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
