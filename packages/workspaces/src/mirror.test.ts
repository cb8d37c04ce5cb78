import { chmodSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Workspace } from "@signalbox/contracts";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { WorkspaceManager } from "./index.ts";

const order = { issueId: "id-1", identifier: "add-login" };
let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

function prepare(repository = scratch.repository, base: string | null = null): Promise<Workspace> {
  return new WorkspaceManager(scratch.config({ repository, base })).prepare(order, calm);
}

describe("what the repository has", () => {
  it("R-518 cannot be replaced by a loose object of another agent", async () => {
    const manager = new WorkspaceManager(scratch.config());
    await manager.prepare(order, calm);
    scratch.commit("later.txt", "later\n");
    await manager.prepare({ issueId: "2", identifier: "second" }, calm);
    const poison = deflateSync("blob 7\0POISON\n");
    await prepare(scratch.repository, "main");
    for (const file of ["README.md", "later.txt"]) {
      const blob = git(scratch.repository, "rev-parse", `HEAD:${file}`);
      const loose = join(scratch.mirror, "objects", blob.slice(0, 2), blob.slice(2));
      expect(existsSync(loose)).toBe(false);
      mkdirSync(join(loose, ".."), { recursive: true });
      writeFileSync(loose, poison);
    }
    const { path } = await manager.prepare({ issueId: "3", identifier: "third" }, calm);
    expect(readFileSync(join(path, "README.md"), "utf8")).toBe("first\n");
    expect(readFileSync(join(path, "later.txt"), "utf8")).toBe("later\n");
  });
});

describe("what an agent has in its worktree", () => {
  it("keeps nobody from fetching or cleaning up, and is packed, not removed", async () => {
    const manager = new WorkspaceManager(scratch.config());
    const { path } = await manager.prepare(order, calm);
    const gitDir = git(path, "rev-parse", "--absolute-git-dir");
    const absent = "1".repeat(40);
    git(path, "update-index", "--add", "--cacheinfo", `100644,${absent},absent.txt`);
    writeFileSync(join(gitDir, "HEAD"), `${absent}\n`);
    scratch.commit("later.txt", "later\n");
    const later = await manager.prepare({ issueId: "2", identifier: "second" }, calm);
    expect(existsSync(join(later.path, "later.txt"))).toBe(true);
    const lost = git(later.path, "commit-tree", "-m", "Lost", "HEAD^{tree}");
    utimesSync(join(scratch.mirror, "objects", lost.slice(0, 2), lost.slice(2)), 1, 1);
    git(scratch.mirror, "gc", "--quiet");
    expect(git(scratch.mirror, "log", "-1", "--format=%s", lost)).toBe("Lost");
    expect(existsSync(join(scratch.mirror, "objects", lost.slice(0, 2), lost.slice(2)))).toBe(
      false,
    );
  });
});

describe("a repository that cannot be used", () => {
  it("R-215 says what is wrong with it", async () => {
    const plain = join(scratch.folder, "plain");
    mkdirSync(plain);
    const code = "workspace_config";
    await expect(prepare(join(scratch.folder, "absent"))).rejects.toMatchObject({ code });
    await expect(prepare(plain)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/is not a git repository/),
    });
    await expect(prepare(scratch.repository, "release")).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/no branch "release"/),
    });
  });

  it("without commits it names the remedy, and works once there is one", async () => {
    const fresh = join(scratch.folder, "fresh");
    git(scratch.folder, "init", "--quiet", "--initial-branch=trunk", fresh);
    const manager = new WorkspaceManager(scratch.config({ repository: fresh }));
    await expect(manager.prepare(order, calm)).rejects.toMatchObject({
      code: "workspace_config",
      message: expect.stringMatching(/no commits/),
      remedy: expect.stringMatching(/first commit/),
    });
    git(fresh, "config", "user.name", "Tester");
    git(fresh, "config", "user.email", "tester@example.invalid");
    const commit = scratch.commit("a.txt", "a\n", fresh);
    expect((await manager.prepare(order, calm)).baseCommit).toBe(commit);
  });

  it("with a detached HEAD it asks for a base", async () => {
    git(scratch.repository, "checkout", "--quiet", "--detach");
    await expect(prepare()).rejects.toMatchObject({
      code: "workspace_config",
      remedy: expect.stringMatching(/workspace\.base/),
    });
    expect((await prepare(scratch.repository, "main")).createdNow).toBe(true);
  });

  it("a dirty checkout does not matter", async () => {
    scratch.write(join(scratch.repository, "README.md"), "edited by hand\n");
    const { path } = await prepare();
    expect(readFileSync(join(path, "README.md"), "utf8")).toBe("first\n");
  });

  it("takes URLs, subfolders and linked worktrees of a repository", async () => {
    scratch.commit("sub/a.txt", "a\n");
    const linked = join(scratch.folder, "linked");
    git(scratch.repository, "worktree", "add", "--quiet", "-b", "linked", linked);
    const places = [`file://${scratch.repository}`, join(scratch.repository, "sub"), linked];
    for (const [number, repository] of places.entries()) {
      const stateDir = join(scratch.folder, `state-${number}`);
      const config = { ...scratch.config({ repository }), stateDir };
      const manager = new WorkspaceManager(config);
      await manager.prepare({ issueId: "i", identifier: `a-${number}` }, calm);
      const commit = scratch.commit(`later-${number}.txt`, "later\n");
      if (repository === linked) git(linked, "reset", "--quiet", "--hard", "main");
      const next = await manager.prepare({ issueId: "i", identifier: `b-${number}` }, calm);
      expect(next.baseCommit).toBe(commit);
    }
  });

  it("refuses a state folder that mirrors another repository", async () => {
    await prepare();
    const other = join(scratch.folder, "other");
    git(scratch.folder, "clone", "--quiet", scratch.repository, other);
    const manager = new WorkspaceManager(scratch.config({ repository: other }));
    await expect(
      manager.prepare({ issueId: "2", identifier: "other" }, calm),
    ).rejects.toMatchObject({
      code: "workspace_config",
      message: expect.stringMatching(/mirrors another repository/),
    });
  });

  it("hears nothing of the GIT_ variables of whoever started the daemon", async () => {
    const environment = { ...process.env, GIT_DIR: "/nowhere", GIT_INDEX_FILE: "/nowhere/index" };
    const manager = new WorkspaceManager(scratch.config(), { environment });
    expect((await manager.prepare(order, calm)).createdNow).toBe(true);
  });
});

it("shares the mirror with other worktrees of the same name", async () => {
  const manager = new WorkspaceManager(scratch.config());
  await manager.prepare({ issueId: "0", identifier: "zero" }, calm);
  const namesake = join(scratch.folder, "elsewhere", "add-login");
  git(scratch.mirror, "worktree", "add", "--quiet", "--detach", namesake, "origin/main");
  const workspace = await manager.prepare(order, calm);
  expect(git(workspace.path, "branch", "--show-current")).toBe("signalbox/add-login");
  await manager.remove(workspace, calm);
  expect(git(namesake, "status", "--porcelain")).toBe("");
});

describe("an agent that writes to the mirror", () => {
  it("gets none of its hooks run, and its filters see no secret of the daemon", async () => {
    const environment = { ...process.env, GITHUB_TOKEN: "secret" };
    const manager = new WorkspaceManager(scratch.config(), { environment });
    const workspace = await manager.prepare(order, calm);
    const seen = join(scratch.folder, "seen");
    const script = `#!/bin/sh\nenv >> ${seen}; exec cat\n`;
    for (const name of [
      "hooks/post-checkout",
      "hooks/reference-transaction",
      "filter",
      "monitor",
    ]) {
      scratch.write(join(scratch.mirror, name), script);
      chmodSync(join(scratch.mirror, name), 0o755);
    }
    git(scratch.mirror, "config", "filter.spy.clean", join(scratch.mirror, "filter"));
    git(scratch.mirror, "config", "core.fsmonitor", join(scratch.mirror, "monitor"));
    await manager.prepare({ issueId: "2", identifier: "next" }, calm);
    expect(existsSync(seen)).toBe(false);
    scratch.write(join(workspace.path, ".gitattributes"), "* filter=spy\n");
    await manager.fingerprint(workspace, calm);
    expect(readFileSync(seen, "utf8")).not.toMatch(/GITHUB_TOKEN/);
  });
});
