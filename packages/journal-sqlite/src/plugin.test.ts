import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import plugin, { SqliteJournal } from "./index.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-journal-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("runs the README's example", async () => {
  const path = join(folder, "state", "journal.sqlite");
  const journal = await SqliteJournal.open({ path, scope: "my-workflow" });
  const { epoch, version } = await journal.acquire({
    pid: process.pid,
    host: "localhost",
    since: Date.now(),
  });
  await journal.append(
    version,
    epoch,
    [{ type: "greeted", v: 1, at: Date.now(), data: { name: "world" } }],
    "greeting-1",
  );
  for await (const entry of journal.read(0)) {
    expect(entry).toMatchObject({ seq: 1, type: "greeted", data: { name: "world" } });
  }
  await journal.close();
});

it("checks its options and opens the journal", async () => {
  const path = join(folder, "journal.sqlite");
  const check = plugin.configSchema["~standard"].validate;
  expect(await check({ path, scope: "" })).toHaveProperty("issues");
  const checked = await check({ path, scope: "test" });
  if (checked.issues !== undefined) throw new Error("the options were refused");
  const journal = await plugin.create(checked.value, {
    folder,
    repository: folder,
    logger: { log: () => undefined },
    fetch,
    now: Date.now,
  });
  expect(await journal.owner()).toBeNull();
  await journal.close();
  expect(existsSync(path)).toBe(true);
});

it("folds the write-ahead log into the file in a quiet moment", async () => {
  const path = join(folder, "journal.sqlite");
  const journal = await SqliteJournal.open({ path, scope: "test" });
  const { epoch } = await journal.acquire({ pid: process.pid, host: "here", since: 0 });
  const empty = statSync(path).size;
  const data = "x".repeat(100_000);
  await journal.append(0, epoch, [{ type: "large", v: 1, at: 0, data }], "a");
  expect(statSync(path).size).toBe(empty);
  await vi.waitFor(() => expect(statSync(path).size).toBeGreaterThan(empty + 90_000), 5_000);
  await journal.close();
});

it("writes nothing to the standard error", () => {
  const index = fileURLToPath(new URL("index.ts", import.meta.url));
  const { stderr, status } = spawnSync(
    process.execPath,
    [
      "--conditions=@signalbox/source",
      "--input-type=module",
      "--eval",
      `const { SqliteJournal } = await import(${JSON.stringify(index)});
       await (await SqliteJournal.open({ path: process.argv[1], scope: "test" })).close();`,
      join(folder, "journal.sqlite"),
    ],
    { encoding: "utf8" },
  );
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
});
