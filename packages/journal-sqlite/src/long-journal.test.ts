import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { entrySum } from "./entry-sum.ts";
import { SqliteJournal } from "./sqlite-journal.ts";

const owner = { pid: process.pid, host: "here", since: 0 };
const length = 1_000_000;
const tail = 20_000;

it("R-711 of 1,000,000 entries only the snapshot and what came after it are read, in under a second", async () => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-long-"));
  const path = join(folder, "journal.sqlite");
  try {
    const first = await SqliteJournal.open({ path, scope: "test" });
    await first.acquire(owner);
    await first.close();
    const database = new DatabaseSync(path);
    database.function("entry_sum", (seq) =>
      entrySum({ seq: Number(seq), epoch: 1, at: Number(seq), type: "tick", v: 1, data: "{}" }),
    );
    database.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${length})
       INSERT INTO entries (seq, epoch, at, type, v, data, sum)
       SELECT i, 1, i, 'tick', 1, '{}', CASE WHEN i > ${length - tail} THEN entry_sum(i) ELSE 0 END FROM n`,
    );
    database.close();
    const second = await SqliteJournal.open({ path, scope: "test" });
    await second.acquire(owner);
    await second.saveSnapshot({ seq: length - tail, v: 1, data: [{ some: "state" }] });
    await second.close();

    const begun = performance.now();
    const journal = await SqliteJournal.open({ path, scope: "test" });
    const { version } = await journal.acquire(owner);
    const snapshot = await journal.loadSnapshot();
    let read = 0;
    for await (const { seq } of journal.read(snapshot?.seq ?? 0)) read = seq;
    const tookMs = performance.now() - begun;
    await journal.close();
    expect([version, read]).toEqual([length, length]);
    expect(tookMs).toBeLessThan(1_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);
