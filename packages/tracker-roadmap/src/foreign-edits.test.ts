import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { RoadmapTrackerAdapter } from "./index.ts";
import { updateFile } from "./write-file.ts";

const { signal } = new AbortController();
const original = `# Roadmap\n\n${"prose\n".repeat(500)}- state: one\n`;
const edited = original.replace("# Roadmap", "# Edited by hand");
const move = (text: string): string => text.replace("state: one", "state: two");

/** Saves as many editors do: empties the file, and writes it in parts. */
async function saveInPlace(path: string, text: string): Promise<void> {
  const file = openSync(path, "r+");
  ftruncateSync(file);
  await setImmediate();
  writeSync(file, text.slice(0, 1000), 0);
  await setImmediate();
  writeSync(file, text.slice(1000), 1000);
  closeSync(file);
}

function saveByRename(path: string, text: string): void {
  writeFileSync(`${path}~`, text);
  renameSync(`${path}~`, path);
}

describe("R-328 an edit by somebody who takes no lock", () => {
  it.each([
    ["a save by rename", async (path: string) => saveByRename(path, edited)],
    ["a save that empties the file first", (path: string) => saveInPlace(path, edited)],
  ])("%s while the change is made: it is made again on that text", async (_, save) => {
    const folder = await temporaryFolder();
    const path = join(folder, "roadmap.md");
    await writeFile(path, original);
    const saved: Promise<void>[] = [];
    const change = (text: string): string => {
      if (saved.length === 0) saved.push(save(path));
      return move(text);
    };
    await updateFile({ path, name: "x", change }, signal);
    await Promise.all(saved);
    expect(await readFile(path, "utf8")).toBe(move(edited));
    expect(await readdir(folder)).toEqual(["roadmap.md"]);
  });

  it("git checks out another branch: the move is made on that branch's file", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "roadmap.md");
    const git = (...args: string[]): void => {
      const user = ["-c", "user.name=Example", "-c", "user.email=example@example.invalid"];
      execFileSync("git", ["-C", folder, ...user, ...args], { stdio: "ignore" });
    };
    git("init", "--initial-branch=main");
    writeFileSync(path, original);
    git("add", "roadmap.md");
    git("commit", "--message=Start");
    git("checkout", "-b", "other");
    writeFileSync(path, edited);
    git("commit", "--all", "--message=Edit");
    git("checkout", "main");
    let isSwitched = false;
    const change = (text: string): string => {
      if (!isSwitched) git("checkout", "other");
      isSwitched = true;
      return move(text);
    };
    await updateFile({ path, name: "x", change }, signal);
    expect(await readFile(path, "utf8")).toBe(move(edited));
  });

  it("a save into the file at any moment of the write is kept", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "roadmap.md");
    const temporary = join(folder, ".roadmap.md.signalbox-tmp");
    const outcomes = new Set<string>();
    for (let turns = 0; turns < 16; turns += 1) {
      await writeFile(path, original);
      const edit = original.replace("# Roadmap", `# Edit ${turns}`);
      // Held open from before the write on, so that the save goes to the file that is being replaced.
      const editor = openSync(path, "r+");
      const { ino } = statSync(path);
      const saved: Promise<boolean>[] = [];
      const save = async (): Promise<boolean> => {
        while (!existsSync(temporary)) await setImmediate();
        for (let turn = 0; turn < turns; turn += 1) await setImmediate();
        if (statSync(path).ino !== ino) return false;
        ftruncateSync(editor);
        writeSync(editor, edit, 0);
        return true;
      };
      const change = (text: string): string => {
        if (saved.length === 0) saved.push(save());
        return move(text);
      };
      await updateFile({ path, name: "x", change }, signal);
      const [isSaved] = await Promise.all(saved);
      closeSync(editor);
      outcomes.add(isSaved ? "saved" : "too late");
      expect(await readFile(path, "utf8")).toBe(move(isSaved ? edit : original));
    }
    expect([...outcomes]).toContain("saved");
  });

  it("a state that was changed by hand under the write is a conflict, and stays", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "roadmap.md");
    const text = "### A\n- **Status:** planned\n\n### B\n- **Status:** planned\n";
    await writeFile(path, text);
    const tracker = new RoadmapTrackerAdapter({ path }, { folder });
    const [a] = await tracker.fetchIssuesByStates(["planned"], signal);
    const blocked = text.replace("planned", "blocked — by review");
    saveByRename(path, blocked);
    const order = { from: "planned", to: "done", key: "k" };
    expect(await tracker.transition(a?.id ?? "", order, signal)).toMatchObject({
      kind: "conflict",
      issue: { state: "blocked" },
    });
    expect(await readFile(path, "utf8")).toBe(blocked);
  });
});
