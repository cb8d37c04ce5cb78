import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describeContainment } from "@signalbox/process";
import type { Workspace } from "@signalbox/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRepository, runAsAgent } from "./__fixtures__/run-as-agent.ts";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { agentFolder, AgentRepository, WorkspaceManager } from "./index.ts";

const means = await describeContainment();
const branch = "refs/heads/signalbox/add-login";
const commit = "echo work >work.txt && git add --all && git commit --quiet -m Work";
/** For scripts: `file_of <object>` prints where the agent has it. */
const fileOf = `file_of() { echo $(git rev-parse --git-common-dir)/objects/$(echo $1 | sed "s,^..,&/,"); }`;
let scratch: Scratch;
let manager: WorkspaceManager;
let workspace: Workspace;
let other: Workspace;

beforeEach(async () => {
  scratch = new Scratch();
  manager = new WorkspaceManager(scratch.config());
  other = await manager.prepare({ issueId: "id-2", identifier: "other" }, calm);
  workspace = await manager.prepare({ issueId: "id-1", identifier: "add-login" }, calm);
});

afterEach(() => scratch.dispose());

/** The agent's folder of objects, as the host has it. */
const objects = (): string => join(agentFolder(scratch.stateDir, workspace.key), "objects");
const fsck = (): string =>
  git(scratch.mirror, "fsck", "--strict", "--no-dangling", "--no-progress");
const subjects = (ref = branch): string => git(scratch.mirror, "log", "--format=%s", ref);
const has = (object: string): boolean => {
  try {
    git(scratch.mirror, "cat-file", "-e", object);
    return true;
  } catch {
    return false;
  }
};

const packs = (): number => readdirSync(join(scratch.mirror, "objects/pack")).length;

/** Runs the script as an agent, and publishes. */
async function play(script: string): Promise<string> {
  const repository = await openRepository(scratch, workspace);
  const { stdout, stderr } = await runAsAgent(repository, workspace, script);
  expect(stderr.text).toBe("");
  await repository.publish(calm);
  return stdout.text.trim();
}

/** As `play`, with what the publishing failed with. */
async function playBadly(script: string): Promise<unknown> {
  const repository = await openRepository(scratch, workspace);
  const { stderr } = await runAsAgent(repository, workspace, script);
  expect(stderr.text).toBe("");
  return repository.publish(calm).then(
    () => null,
    (error: unknown) => error,
  );
}

/** A repository that agents are not to see, and its newest commit. */
function privateRepository(): { readonly folder: string; readonly tip: string } {
  const folder = join(scratch.folder, "private");
  mkdirSync(folder);
  git(folder, "init", "--quiet");
  git(folder, "config", "user.name", "Tester");
  git(folder, "config", "user.email", "tester@example.invalid");
  return { folder, tip: scratch.commit("secret.txt", "token\n", folder) };
}

const refused = {
  code: "workspace_git",
  retryable: false,
  message: expect.stringContaining("could not be taken over"),
  remedy: expect.stringContaining("git reset"),
};

describe.skipIf(means.tier !== "bwrap")("the objects of an agent in a sandbox", () => {
  it("are its own: it can neither replace nor remove those of the mirror", async () => {
    const theirs = scratch.commit("other.txt", "theirs\n", other.path);
    const file = `${theirs.slice(0, 2)}/${theirs.slice(2)}`;
    const shared = join(agentFolder(scratch.stateDir, workspace.key), "mirror-objects");
    await play(
      `for folder in ${scratch.mirror}/objects ${shared}; do
        mkdir -p $folder/${theirs.slice(0, 2)}; chmod u+w $folder/${file}; echo evil >$folder/${file}
        rm -rf $folder/${theirs.slice(0, 2)} $folder/pack $folder/info
      done 2>/dev/null; true`,
    );
    expect(git(scratch.mirror, "show", `${theirs}:other.txt`)).toBe("theirs");
    expect(fsck()).toBe("");
  });

  it("pass into the mirror with its commits, few as files and many as one pack", async () => {
    const before = packs();
    await play(commit);
    expect([subjects(), packs()]).toEqual(["Work\nWrite README.md", before]);
    await play(
      `for i in $(seq 120); do echo $i >file-$i; done; git add --all; git commit --quiet -m Many`,
    );
    expect([subjects().split("\n")[0], packs() > before]).toEqual(["Many", true]);
    expect(fsck()).toBe("");
    expect(await manager.fingerprint(workspace, calm)).toMatchObject({
      commitsAhead: 2,
      dirty: false,
    });
  });

  it("pass whatever an agent does to its history", async () => {
    await play(`${commit}; git commit --quiet --amend -m Better`);
    expect(subjects()).toBe("Better\nWrite README.md");
    await play("git checkout --quiet --detach; git commit --quiet --allow-empty -m Aside");
    expect(await manager.fingerprint(workspace, calm)).toMatchObject({ dirty: false });
    const { savedRef } = await manager.remove(workspace, calm);
    expect(subjects(savedRef ?? "").split("\n")[0]).toBe("Aside");
  });

  it("R-225 pass when they are only staged, so that the work is saved, and people can commit it", async () => {
    await play("echo staged >staged.txt; git add staged.txt");
    expect(await manager.fingerprint(workspace, calm)).toMatchObject({ dirty: true });
    git(workspace.path, "commit", "--quiet", "-m", "By hand");
    expect(git(scratch.mirror, "show", `${branch}:staged.txt`)).toBe("staged");
    await play("echo more >more.txt; git add more.txt");
    const { savedRef } = await manager.remove(workspace, calm);
    expect(git(scratch.mirror, "show", `${savedRef}:more.txt`)).toBe("more");
    expect(existsSync(objects())).toBe(false);
  });

  it("R-225 work is saved although what is staged is broken", async () => {
    await play(
      `${fileOf}; ${commit}; echo staged >staged.txt; touch -d @1000000000 staged.txt; git add staged.txt
      rm -f $(file_of $(git hash-object staged.txt))`,
    );
    expect(subjects()).toBe("Work\nWrite README.md");
    const { savedRef } = await manager.remove(workspace, calm);
    expect(git(scratch.mirror, "show", `${savedRef}:staged.txt`)).toBe("staged");
  });

  it("pass although the index is damaged, a pipe or a link", async () => {
    const index = join(scratch.stateDir, "worktrees/add-login/index");
    for (const [number, trick] of ["echo no >", "mkfifo ", "ln -s /dev/zero "].entries()) {
      await play(
        `git reset --quiet --hard; git commit --quiet --allow-empty -m ${number}; rm ${index}; ${trick}${index}`,
      );
      expect(subjects().split("\n")[0]).toBe(String(number));
      rmSync(index);
      git(workspace.path, "reset", "--quiet");
    }
  });

  it("are refused where one is broken, and stay; nobody else is kept up", async () => {
    const error = await playBadly(
      `${fileOf}; ${commit}; file=$(file_of $(git rev-parse HEAD:work.txt)); chmod u+w $file; echo broken >$file`,
    );
    expect(error).toMatchObject(refused);
    expect(await manager.tip(workspace)).toBe(workspace.baseCommit);
    await expect(manager.remove(workspace, calm)).rejects.toMatchObject(refused);
    const theirs = await openRepository(scratch, other);
    await runAsAgent(theirs, other, commit);
    await theirs.publish(calm);
    expect(subjects("refs/heads/signalbox/other")).toContain("Work");
    // As the remedy says.
    rmSync(objects(), { recursive: true });
    rmSync(join(agentFolder(scratch.stateDir, workspace.key), "branches"), { recursive: true });
    git(workspace.path, "reset", "--quiet");
    const { savedRef } = await manager.remove(workspace, calm);
    expect(git(scratch.mirror, "show", `${savedRef}:work.txt`)).toBe("work");
  });

  it("are refused where one does not have the name of its content", async () => {
    const error = await playBadly(
      `${fileOf}; echo evil >/tmp/evil; evil=$(git hash-object -w /tmp/evil); ${commit}
      mv -f $(file_of $evil) $(file_of $(git rev-parse HEAD:work.txt))`,
    );
    expect(error).toMatchObject(refused);
    expect(fsck()).toBe("");
  });

  it("are refused where a commit lacks its tree, its parent or a file", async () => {
    const absent = "1".repeat(40);
    const tries = [
      `printf "tree ${absent}\nauthor A <a@b.invalid> 0 +0000\ncommitter A <a@b.invalid> 0 +0000\n\nx\n" | git hash-object -t commit -w --literally --stdin`,
      `printf "tree $(git rev-parse HEAD^{tree})\nparent ${absent}\nauthor A <a@b.invalid> 0 +0000\ncommitter A <a@b.invalid> 0 +0000\n\nx\n" | git hash-object -t commit -w --literally --stdin`,
      `git commit-tree -m x $(printf "100644 blob ${absent}\tfile\n" | git mktree --missing)`,
    ];
    for (const script of tries) {
      const error = await playBadly(
        `commit=$(${script}); echo $commit >$(git rev-parse --git-common-dir)/${branch}`,
      );
      expect(error).toMatchObject(refused);
      expect(await manager.tip(workspace)).toBe(workspace.baseCommit);
      rmSync(join(agentFolder(scratch.stateDir, workspace.key), "branches"), { recursive: true });
    }
  });

  it("R-518 lead nowhere that the agent cannot see: by links, alternates or a repository's own settings", async () => {
    const { folder, tip } = privateRepository();
    const inside = join(folder, ".git/objects");
    const parts = readdirSync(inside).filter((name) => name.length === 2);
    const tricks = [
      `for part in ${parts.join(" ")}; do rm -rf $O/$part; ln -s ${inside}/$part $O/$part; done`,
      `rm -rf $O/pack; ln -s ${join(inside, "pack")} $O/pack`,
      `(echo ${inside} >$O/info/alternates; rm -rf $O/info) 2>/dev/null; true`,
    ];
    for (const trick of tricks) {
      const script = `O=${scratch.mirror}/objects; echo work >w; git hash-object -w w >/dev/null; ${trick}`;
      const error = await playBadly(
        `${script}; echo ${tip} >$(git rev-parse --git-common-dir)/${branch}`,
      );
      expect([trick, error]).toEqual([trick, expect.objectContaining(refused)]);
      expect(has(tip)).toBe(false);
      rmSync(agentFolder(scratch.stateDir, workspace.key), { recursive: true });
      git(folder, "repack", "-a", "-d", "--quiet");
    }
    // As somebody without a sandbox could leave it.
    await play(commit);
    writeFileSync(join(objects(), "info/alternates"), `${inside}\n`);
    symlinkSync(join(inside, "pack"), join(objects(), "pack"));
    const branches = join(agentFolder(scratch.stateDir, workspace.key), "branches");
    writeFileSync(join(branches, workspace.key), `${tip}\n`);
    const order = { stateDir: scratch.stateDir, workspace, environment: process.env };
    await expect(AgentRepository.recover(order, calm)).rejects.toMatchObject(refused);
    expect(has(tip)).toBe(false);
  });

  it("R-518 replace nothing by a graft or a replacement", async () => {
    const theirs = scratch.commit("other.txt", "theirs\n", other.path);
    await play(
      `${commit}; (git replace ${theirs} HEAD; echo HEAD >$(git rev-parse --git-common-dir)/info/grafts) 2>/dev/null; true`,
    );
    expect(git(scratch.mirror, "log", "-1", "--format=%s", theirs)).toBe("Write other.txt");
    expect(existsSync(join(scratch.mirror, "info/grafts"))).toBe(false);
  });

  it("may be large", async () => {
    await play("head -c 50000000 /dev/urandom >large; git add large; git commit --quiet -m Large");
    expect(git(scratch.mirror, "cat-file", "-s", `${branch}:large`)).toBe("50000000");
    expect((await manager.fingerprint(workspace, calm)).dirty).toBe(false);
  }, 30_000);

  it("are packed by the agent's own git, which cannot clean up or stash in the mirror", async () => {
    const said = await play(
      `${commit}; git repack -a -d -l --quiet 2>/dev/null; ls $(git rev-parse --git-common-dir)/objects/pack | grep -q pack$ && echo packed; git gc --quiet 2>/dev/null || echo no gc
      echo more >>work.txt; git stash --quiet 2>/dev/null || echo no stash; git worktree add ../x 2>/dev/null || echo no worktree
      git fetch --quiet origin 2>/dev/null || echo no fetch; git commit --quiet --all -m More`,
    );
    expect(said.split("\n")).toEqual(["packed", "no gc", "no stash", "no worktree", "no fetch"]);
    expect(subjects()).toBe("More\nWork\nWrite README.md");
    expect(fsck()).toBe("");
  });

  it("pass after an agent was killed in the middle of its work", async () => {
    await play(commit);
    const gitDir = `${scratch.stateDir}/worktrees/add-login`;
    await play(
      `echo more >>work.txt; git commit --quiet --all -m More; : >${gitDir}/index.lock; mkdir -p ${scratch.mirror}/objects/ab; echo half >${scratch.mirror}/objects/ab/tmp_obj_x`,
    );
    expect(subjects().split("\n")[0]).toBe("More");
    await manager.prepare({ issueId: "id-1", identifier: "add-login" }, calm);
    await play("echo again >>work.txt; git commit --quiet --all -m Again");
    expect(subjects().split("\n")[0]).toBe("Again");
  });

  it("of two agents pass at once, also when both have the same", async () => {
    const both = [workspace, other];
    await Promise.all(
      both.map(async (one) => {
        const repository = await openRepository(scratch, one);
        for (const round of [1, 2, 3]) {
          const script = `echo ${round} >same; echo ${one.key} >own-${round}; git add --all; git commit --quiet -m ${round}`;
          const { exit } = await runAsAgent(repository, one, script);
          expect(exit.code).toBe(0);
          await repository.publish(calm);
        }
      }),
    );
    for (const { key } of both) {
      expect(subjects(`refs/heads/signalbox/${key}`).split("\n").slice(0, 3)).toEqual([
        "3",
        "2",
        "1",
      ]);
    }
    expect(fsck()).toBe("");
  });

  it("hold nobody up for ever with a pipe, and leave nothing half taken", async () => {
    const repository = await openRepository(scratch, workspace);
    await runAsAgent(
      repository,
      workspace,
      `${fileOf}; ${commit}; file=$(file_of $(git rev-parse HEAD:work.txt)); rm -f $file; mkfifo $file`,
    );
    await expect(repository.publish(AbortSignal.timeout(500))).rejects.toThrow(/time/);
    const own = agentFolder(scratch.stateDir, workspace.key);
    expect(readdirSync(own).filter((name) => name.endsWith(".pack"))).toEqual([]);
    writeFileSync(join(own, "left.pack"), "PACK");
    rmSync(objects(), { recursive: true });
    rmSync(join(own, "branches"), { recursive: true });
    await openRepository(scratch, workspace);
    expect(existsSync(join(own, "left.pack"))).toBe(false);
  });

  it("pass again after a process was killed before the branch was moved", async () => {
    await play(commit);
    const repository = await openRepository(scratch, workspace);
    await runAsAgent(
      repository,
      workspace,
      "echo more >>work.txt; git commit --quiet --all -m More",
    );
    const lock = join(scratch.mirror, `${branch}.lock`);
    chmodSync(join(scratch.mirror, "refs/heads/signalbox"), 0o755);
    writeFileSync(lock, "");
    await expect(repository.publish(calm)).rejects.toMatchObject({
      code: "workspace_git",
      retryable: true,
    });
    rmSync(lock);
    await repository.publish(calm);
    expect(subjects().split("\n")[0]).toBe("More");
  });

  it("start no git where there is nothing new", async () => {
    const repository = await openRepository(scratch, workspace);
    await runAsAgent(repository, workspace, "echo work >work.txt; git status --short");
    const tools = join(scratch.folder, "tools");
    mkdirSync(tools);
    const witness = join(scratch.folder, "started");
    const script = `#!/bin/sh\necho "$@" >>${witness}\nPATH="\${PATH#*:}" exec git "$@"\n`;
    writeFileSync(join(tools, "git"), script, { mode: 0o755 });
    const environment = { ...process.env, PATH: `${tools}:${process.env["PATH"]}` };
    const order = { stateDir: scratch.stateDir, workspace, environment };
    await AgentRepository.recover(order, calm);
    await repository.publish(calm);
    expect(existsSync(witness)).toBe(false);
    await runAsAgent(repository, workspace, commit);
    await repository.publish(calm);
    await AgentRepository.recover(order, calm);
    expect(existsSync(witness)).toBe(false);
  });

  it("of a state folder of before stand in the mirror already, and its worktree does, too", async () => {
    const before = join(scratch.mirror, "worktrees/add-login");
    mkdirSync(join(scratch.mirror, "worktrees"));
    renameSync(join(scratch.stateDir, "worktrees/add-login"), before);
    writeFileSync(join(before, "commondir"), "../..\n");
    writeFileSync(join(workspace.path, ".git"), `gitdir: ${before}\n`);
    const old = git(workspace.path, "commit-tree", "-p", "HEAD", "-m", "Old", "HEAD^{tree}");
    const own = agentFolder(scratch.stateDir, workspace.key);
    mkdirSync(join(own, "branches"), { recursive: true });
    writeFileSync(join(own, "branches", workspace.key), `${old}\n`);
    writeFileSync(join(own, "published"), `${workspace.baseCommit}\n`);
    await play("git commit --quiet --allow-empty -m New");
    expect(subjects()).toBe("New\nOld\nWrite README.md");
    const again = await manager.prepare({ issueId: "id-1", identifier: "add-login" }, calm);
    expect(again).toMatchObject({ createdNow: false, branch: "signalbox/add-login" });
    await manager.remove(workspace, calm);
    expect([existsSync(before), existsSync(workspace.path)]).toEqual([false, false]);
  });
});
