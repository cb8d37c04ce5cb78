import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SqliteJournal } from "./sqlite-journal.ts";

const program = fileURLToPath(new URL("__fixtures__/read-journal.ts", import.meta.url));
/** Runs the rest of its arguments where its first argument cannot be written to. */
const onReadOnly = [
  "-rm",
  "sh",
  "-c",
  'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"',
];
/** Runs the rest of its arguments where its first argument is a disk with a copy of what was there, and no byte more. */
const onFull = [
  "-rm",
  "sh",
  "-c",
  'cp -r "$0" "$0.copy" && mount -t tmpfs -o size=4m tmpfs "$0" && cp -r "$0.copy/." "$0" && { cat /dev/zero > "$0/ballast" 2>/dev/null; exec "$@"; }',
];
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "signalbox-media-"));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

const canMount = spawnSync("unshare", [...onReadOnly, tmpdir(), "true"]).status === 0;

/** A folder with a journal of three entries; `died`: its owner left them in the write-ahead log alone. */
async function folderOf(died: boolean): Promise<string> {
  const live = mkdtempSync(join(root, "live-"));
  const journal = await SqliteJournal.open({ path: join(live, "journal.sqlite"), scope: "test" });
  const { epoch } = await journal.acquire({ pid: 1, host: "here", since: 0 });
  const entries = [1, 2, 3].map((at) => ({ type: "tick", v: 1, at, data: at }));
  await journal.append(0, epoch, entries, "a");
  const copy = mkdtempSync(join(root, died ? "died-" : "ended-"));
  if (died) for (const suffix of ["", "-wal", "-head"]) copyOf(live, copy, suffix);
  await journal.close();
  if (!died) cpSync(live, copy, { recursive: true });
  return copy;
}

function copyOf(from: string, to: string, suffix: string): void {
  const name = `journal.sqlite${suffix}`;
  cpSync(join(from, name), join(to, name));
}

describe.skipIf(!canMount)("a disk that cannot be written to (needs user namespaces)", () => {
  it.each([
    ["ended in order", false],
    ["died", true],
  ])("R-709 a journal whose owner %s is read to its end, and not owned", async (_how, died) => {
    const folder = await folderOf(died);
    const before = readdirSync(folder);
    const path = join(folder, "journal.sqlite");
    const node = [process.execPath, "--conditions=@signalbox/source", program, path];
    const { stdout, stderr } = spawnSync("unshare", [...onReadOnly, folder, ...node], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual([3, "journal_read_only", expect.any(String)]);
    expect(readdirSync(folder)).toEqual(before);
  });

  it.each([
    ["ended in order", false],
    ["died", true],
  ])(
    "R-709 on a full disk, too, and whoever starts is told to free space first: owner %s",
    async (_how, died) => {
      const folder = await folderOf(died);
      const path = join(folder, "journal.sqlite");
      const node = [process.execPath, "--conditions=@signalbox/source", program, path];
      const { stdout, stderr } = spawnSync("unshare", [...onFull, folder, ...node], {
        encoding: "utf8",
      });
      expect(stderr).toBe("");
      const remedy = "Free space on its disk, then try again.";
      expect(JSON.parse(stdout)).toEqual([3, "journal_full", remedy]);
    },
  );
});
