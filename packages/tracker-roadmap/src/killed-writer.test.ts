import { execFile } from "node:child_process";
import { mkdir, readFile, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { updateFile } from "./write-file.ts";

const program = fileURLToPath(new URL("__fixtures__/die-at-call.ts", import.meta.url));
const longAgo = new Date(Date.now() - 60_000);
const oldText = "old\n".repeat(10_000);
const newText = "new\n".repeat(10_000);

/** The calls that a whole write makes; `null` where the writer was killed at the given one. */
async function write(path: string, dieAt: number): Promise<number | null> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, oldText);
  await utimes(path, longAgo, longAgo);
  const source = "--conditions=@signalbox/source";
  const run = promisify(execFile)(process.execPath, [source, program, path, newText, `${dieAt}`]);
  const ended = await run.catch((error: unknown) => error);
  if (!(ended instanceof Error)) return Number((await run).stdout);
  expect(ended).toMatchObject({ signal: "SIGKILL" });
  return null;
}

const appended = (text: string): string => `${text}next`;

describe("R-327 a writer that is killed before any call that changes the file system", () => {
  it("leaves the old file or the new one, and the next write needs no help", async () => {
    const folder = await temporaryFolder();
    const calls = await write(join(folder, "0", "roadmap.md"), 0);
    if (calls === null) throw new Error("the writer was not to be killed");
    expect(calls).toBeGreaterThan(7);
    const left: string[] = [];
    const dieAndRecover = async (dieAt: number): Promise<void> => {
      const path = join(folder, `${dieAt}`, "roadmap.md");
      expect(await write(path, dieAt)).toBeNull();
      const text = await readFile(path, "utf8");
      left[dieAt] = text === oldText ? "old" : text === newText ? "new" : "torn";
      const startedAt = performance.now();
      await updateFile({ path, name: "x", change: appended }, new AbortController().signal);
      expect(await readFile(path, "utf8")).toBe(`${text}next`);
      expect(await readdir(join(path, ".."))).toEqual(["roadmap.md"]);
      // A lock that was waited for would take ten.
      expect(performance.now() - startedAt).toBeLessThan(8_000);
    };
    let next = 1;
    const lane = async (): Promise<void> => {
      for (let dieAt = next; dieAt <= calls; dieAt = next) {
        next += 1;
        await dieAndRecover(dieAt);
      }
    };
    await Promise.all([lane(), lane(), lane()]);
    expect(left.slice(1).join(" ")).toMatch(/^(?:old ){4,}(?:new ?){2,}$/);
  }, 60_000);
});
