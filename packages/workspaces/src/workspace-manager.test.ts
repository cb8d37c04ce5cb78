import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { WorkspaceManager } from "./index.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

const order = { issueId: "id-1", identifier: "add-login" };

describe("prepare", () => {
  it("R-201 R-202 makes a missing workspace once and finds it again", async () => {
    const manager = new WorkspaceManager(scratch.config());
    const first = await manager.prepare(order, calm);
    expect(first).toEqual({
      ...order,
      key: "add-login",
      path: join(scratch.root, "add-login"),
      branch: "signalbox/add-login",
      baseCommit: git(scratch.repository, "rev-parse", "HEAD"),
      createdNow: true,
    });
    expect(await manager.prepare(order, calm)).toEqual({ ...first, createdNow: false });
    const afterRestart = new WorkspaceManager(scratch.config());
    expect(await afterRestart.prepare(order, calm)).toEqual({ ...first, createdNow: false });
    expect(readFileSync(join(first.path, "README.md"), "utf8")).toBe("first\n");
  });
});
