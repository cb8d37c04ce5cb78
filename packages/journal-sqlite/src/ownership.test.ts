import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SqliteJournal } from "./sqlite-journal.ts";

const appending = fixture("append-until-killed.ts");
const saving = fixture("save-until-killed.ts");
const owner = { pid: process.pid, host: hostname(), since: 1_000 };
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-journal-"));
  path = join(folder, "journal.sqlite");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fixture(name: string): string {
  return fileURLToPath(new URL(`__fixtures__/${name}`, import.meta.url));
}

/** A daemon in a process of its own, which has appended at least `entries` entries. */
async function startWriter(
  entries: number,
  program = appending,
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

it("R-702 a kill between commit, snapshot and compaction leaves what was acknowledged, and a snapshot of it", async () => {
  let acknowledged = 0;
  for (let life = 1; life <= 4; life += 1) {
    const { child, acknowledged: count } = await startWriter(acknowledged + 20 + life * 37, saving);
    await kill(child);
    acknowledged = count();
    const journal = await SqliteJournal.open({ path, scope: "test" });
    const { version, lostEntries } = await journal.acquire(owner);
    expect(lostEntries).toBe(0);
    expect(version).toBeGreaterThanOrEqual(acknowledged);
    for await (const damage of journal.findDamage()) expect(damage).toBeNull();
    const { compacted, snapshots } = await journal.stats();
    expect(snapshots.some(({ seq }) => seq >= compacted && seq <= version)).toBe(true);
    const snapshot = await journal.loadSnapshot();
    if (!Array.isArray(snapshot?.data)) throw new Error("there is no snapshot");
    expect(snapshot.data).toHaveLength(30);
    expect(new Set(snapshot.data.map((part) => JSON.stringify(part))).size).toBe(1);
    // What the life before left unfinished is swept by the next snapshot.
    await journal.saveSnapshot({ seq: version, v: 1, data: [] });
    await journal.close();
    const database = new DatabaseSync(path, { readOnly: true });
    const orphans = database
      .prepare(
        "SELECT count(*) AS n FROM snapshot_parts WHERE seq NOT IN (SELECT seq FROM snapshots)",
      )
      .get()?.["n"];
    database.close();
    expect(orphans).toBe(0);
    acknowledged = version;
  }
});

it("is readable by its user alone, whatever the folder is", async () => {
  chmodSync(folder, 0o755);
  const journal = await SqliteJournal.open({ path, scope: "test" });
  const { epoch } = await journal.acquire(owner);
  await journal.append(0, epoch, [{ type: "tick", v: 1, at: 1, data: null }], "first");
  const modes = readdirSync(folder).map((name) => [
    name,
    statSync(join(folder, name)).mode & 0o077,
  ]);
  expect(modes.filter(([, others]) => others !== 0)).toEqual([]);
  await journal.close();
});
