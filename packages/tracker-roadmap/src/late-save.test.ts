import { open, unlink, writeFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { lateSave } from "./late-save.ts";
import { hashOf } from "./roadmap-file.ts";

const text = "one\n".repeat(1000);

/** A file that is gone from its folder, as an editor and as we have it open. */
async function replacedFile(): Promise<{ readonly ours: FileHandle; readonly theirs: FileHandle }> {
  const path = join(await temporaryFolder(), "roadmap.md");
  await writeFile(path, text);
  const ours = await open(path, "r");
  const theirs = await open(path, "r+");
  onTestFinished(async () => {
    await ours.close();
    await theirs.close();
  });
  await unlink(path);
  return { ours, theirs };
}

describe("R-328 a save into a file that was just replaced", () => {
  it("is found, whole, when it rests", async () => {
    const { ours, theirs } = await replacedFile();
    await theirs.truncate();
    await theirs.write("two\n".repeat(500), 0);
    const found = lateSave(ours, hashOf(text), "x");
    await theirs.write("three\n", 2000);
    expect(await found).toBe(`${"two\n".repeat(500)}three\n`);
  });

  it("is none where nobody saved, or where the save never gets beyond emptying the file", async () => {
    const { ours, theirs } = await replacedFile();
    expect(await lateSave(ours, hashOf(text), "x")).toBeNull();
    await theirs.truncate();
    expect(await lateSave(ours, hashOf(text), "x")).toBeNull();
  });
});
