import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SqliteJournal } from "./sqlite-journal.ts";

const program = fileURLToPath(new URL("__fixtures__/append-until-killed.ts", import.meta.url));
const owner = { pid: process.pid, host: hostname(), since: 1_000 };
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-journal-"));
  path = join(folder, "journal.sqlite");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A daemon in a process of its own, which has appended at least `entries` entries. */
async function startWriter(
  entries: number,
): Promise<{ child: ChildProcess; acknowledged: () => number }> {
  const child = spawn(process.execPath, ["--conditions=@signalbox/source", program, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let acknowledged = 0;
  await new Promise<void>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the writer ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      acknowledged = Number(line);
      if (acknowledged >= entries) resolve();
    });
  });
  return { child, acknowledged: () => acknowledged };
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

it("R-706 refuses a second owner with the pid of the first, and takes over from a dead one", async () => {
  const { child } = await startWriter(1);
  const journal = await SqliteJournal.open({ path, scope: "test" });
  await expect(journal.acquire(owner)).rejects.toMatchObject({
    code: "journal_locked",
    message: expect.stringContaining(`pid ${child.pid}`),
    remedy: expect.stringContaining(String(child.pid)),
  });
  expect(await journal.owner()).toMatchObject({ pid: child.pid });

  await kill(child);
  expect(await journal.owner()).toBeNull();
  expect(await journal.acquire(owner)).toMatchObject({ epoch: 2, lostEntries: 0 });
  expect(await journal.owner()).toEqual(owner);
  await journal.close();
});

it("R-706 within one process, too, there is one owner, and a close makes way for the next", async () => {
  const first = await SqliteJournal.open({ path, scope: "test" });
  const second = await SqliteJournal.open({ path, scope: "test" });
  await first.acquire(owner);
  await expect(second.acquire(owner)).rejects.toMatchObject({ code: "journal_locked" });
  await first.close();
  expect(await second.owner()).toBeNull();
  expect(await second.acquire(owner)).toMatchObject({ epoch: 2 });
  await second.close();
});

it("loses no acknowledged entry and tears no batch when the owner is killed, again and again", async () => {
  let acknowledged = 0;
  for (let round = 1; round <= 4; round += 1) {
    const writer = await startWriter(acknowledged + 40 * round);
    await kill(writer.child);
    acknowledged = writer.acknowledged();

    const journal = await SqliteJournal.open({ path, scope: "test" });
    const { version, lostEntries, epoch } = await journal.acquire(owner);
    expect(version).toBeGreaterThanOrEqual(acknowledged);
    expect(lostEntries).toBe(0);
    expect(epoch).toBe(2 * round);
    let read = 0;
    for await (const { data } of journal.read(0)) {
      read += 1;
      expect(data).toMatchObject({ number: read });
    }
    expect(read).toBe(version);
    acknowledged = version;
    await journal.close();
  }
});
