import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeRepository, makeWorktree } from "./__fixtures__/start-session.ts";
import { gitFolders } from "./git-folders.ts";

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-git-folders-")));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe("what a commit writes to", () => {
  it("is the whole of a repository's own git folder", async () => {
    const repository = await makeRepository(folder);
    expect(await gitFolders(repository)).toEqual([join(repository, ".git")]);
  });

  it("is, of a worktree, neither hooks nor configuration of its repository", async () => {
    const worktree = await makeWorktree(folder);
    const link = await readFile(join(worktree, ".git"), "utf8");
    const own = link.trim().replace("gitdir: ", "");
    const mirror = join(own, "..", "..");
    expect(await gitFolders(worktree)).toEqual([
      join(mirror, "objects"),
      join(mirror, "refs"),
      join(mirror, "logs"),
      own,
    ]);
  });

  it("is that, too, of a worktree that Signalbox has made", async () => {
    const mirror = join(folder, "state", "mirror.git");
    const own = join(folder, "state", "worktrees", "work");
    const workspace = join(folder, "work");
    for (const path of [mirror, own, workspace]) await mkdir(path, { recursive: true });
    await writeFile(join(workspace, ".git"), `gitdir: ${own}\n`);
    await writeFile(join(own, "gitdir"), `${join(workspace, ".git")}\n`);
    const common = ["objects", "refs", "logs"].map((name) => join(mirror, name));
    expect(await gitFolders(workspace)).toEqual([...common, own]);
    await rm(mirror, { recursive: true });
    await symlink(join(folder, "elsewhere"), mirror);
    expect(await gitFolders(workspace)).not.toContain(join(mirror, "objects"));
  });

  it("is nothing where there is no repository", async () => {
    expect(await gitFolders(folder)).toEqual([]);
    await symlink("/", join(folder, ".git"));
    expect(await gitFolders(folder)).toEqual([]);
  });

  it.each([
    "nonsense",
    "gitdir: /no/such/folder",
    "gitdir: ../victim/worktrees/own",
    "gitdir: fake",
  ])("R-519 does not follow a file that an agent has written: %s", async (link) => {
    const workspace = join(folder, "workspace");
    const stolen = join(folder, "victim", "worktrees", "own");
    const fake = join(workspace, "fake");
    for (const path of [workspace, stolen, fake]) await mkdir(path, { recursive: true });
    await writeFile(join(workspace, ".git"), `${link}\n`);
    await writeFile(join(stolen, "gitdir"), "/elsewhere/.git\n");
    await writeFile(join(fake, "gitdir"), `${join(workspace, ".git")}\n`);
    await writeFile(join(fake, "commondir"), `${folder}\n`);
    expect(await gitFolders(workspace)).toEqual([]);
  });
});
