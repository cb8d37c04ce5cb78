import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findExecutable } from "../index.ts";

let folder: string;
let tool: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "signalbox-find-"));
  tool = join(folder, "second", "tool");
  await mkdir(join(folder, "first", "tool"), { recursive: true });
  await mkdir(join(folder, "plain"));
  await mkdir(join(folder, "second"));
  await writeFile(join(folder, "plain", "tool"), "");
  await writeFile(tool, "");
  await chmod(tool, 0o755);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe("findExecutable", () => {
  it("takes the first file on the PATH that may be executed", async () => {
    const path = ["missing", "first", "plain", "second"]
      .map((name) => join(folder, name))
      .join(":");
    await expect(findExecutable("tool", path)).resolves.toBe(tool);
    await expect(findExecutable("no-tool", path)).resolves.toBeNull();
  });

  it("never takes one from a relative entry", async () => {
    const path = `:${relative(process.cwd(), join(folder, "second"))}`;
    await expect(findExecutable("tool", path)).resolves.toBeNull();
  });

  it("takes an absolute path as it is, and no relative one", async () => {
    await expect(findExecutable(tool, "")).resolves.toBe(tool);
    await expect(findExecutable("second/tool", folder)).resolves.toBeNull();
  });
});
