import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeContainment } from "@signalbox/process";
import type { Workspace } from "@signalbox/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRepository, runAsAgent } from "./__fixtures__/run-as-agent.ts";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { type AgentRepository, agentFolder, WorkspaceManager } from "./index.ts";

const means = await describeContainment();
const looks = 8;
let scratch: Scratch;
let manager: WorkspaceManager;
let workspace: Workspace;
let repository: AgentRepository;
let gitDir: string;
let secrets: string;

beforeEach(async () => {
  scratch = new Scratch();
  manager = new WorkspaceManager(scratch.config());
  workspace = await manager.prepare({ issueId: "id-1", identifier: "add-login" }, calm);
  repository = await openRepository(scratch, workspace);
  gitDir = join(scratch.stateDir, "worktrees", workspace.key);
  secrets = join(scratch.folder, "secrets");
  scratch.write(join(secrets, "id_rsa"), "secret\n");
});

afterEach(() => scratch.dispose());

/** Looks at the workspace several times while an agent does something over and over again. */
async function lookMeanwhile(preparation: string, deed: string): Promise<void> {
  const program = `use strict; my $git = '${gitDir}'; my $secrets = '${secrets}';
    open(my $started, '>', '.started'); while (!-e '.enough') { ${deed} }`;
  writeFileSync(join(workspace.path, "agent.pl"), program);
  const running = runAsAgent(repository, workspace, `${preparation}; exec perl agent.pl`);
  const started = join(workspace.path, ".started");
  await expect.poll(() => existsSync(started), { timeout: 10_000, interval: 5 }).toBe(true);
  for (let number = 0; number < looks; number += 1) {
    writeFileSync(join(workspace.path, "work.txt"), `${number}`);
    // What moves meanwhile may make a look fail; then the next one is to be safe.
    await Promise.allSettled([manager.fingerprint(workspace, calm)]);
  }
  writeFileSync(join(workspace.path, ".enough"), "");
  expect((await running).stderr.text).toBe("");
}

describe.skipIf(means.tier !== "bwrap")("a look at the work of an agent in a sandbox", () => {
  it("reads nothing from behind a link that the agent puts there meanwhile", async () => {
    await lookMeanwhile(
      `git init --quiet real; mkdir parking; mv real sub; ln -s ${secrets} link`,
      `rename 'sub', 'real'; rename 'link', 'sub'; select undef, undef, undef, 0.02;
       rename 'sub', 'link'; rename 'real', 'sub'; select undef, undef, undef, 0.02;`,
    );
    const secret = git(scratch.mirror, "hash-object", join(secrets, "id_rsa"));
    const kept = git(
      scratch.mirror,
      "cat-file",
      "--batch-all-objects",
      "--batch-check=%(objectname)",
    );
    expect(kept.split("\n")).not.toContain(secret);
  });

  it("writes nothing where the agent could lead it elsewhere", async () => {
    const before = readdirSync(gitDir);
    await lookMeanwhile(
      "true",
      `opendir(my $folder, $git);
       for my $name (readdir $folder) {
         next unless $name =~ /^signalbox|^[0-9a-f]{8}-/ and !-l "$git/$name" and $name !~ /lock$/;
         symlink("$secrets/made", "$git/link") and rename("$git/link", "$git/$name");
       }`,
    );
    expect(existsSync(join(secrets, "made"))).toBe(false);
    expect(readdirSync(gitDir)).toEqual(before);
  });

  it("sees what it would see on the host, and keeps none of it", async () => {
    const { path, key } = workspace;
    writeFileSync(join(path, "work.txt"), "work\n");
    const contained = await manager.fingerprint(workspace, calm);
    const work = git(path, "hash-object", "work.txt");
    expect(() => git(scratch.mirror, "cat-file", "-e", work)).toThrow(work);
    expect(readdirSync(agentFolder(scratch.stateDir, key)).join(" ")).not.toContain("look");
    rmSync(join(agentFolder(scratch.stateDir, key), "branches"), { recursive: true });
    expect(await manager.fingerprint(workspace, calm)).toEqual(contained);
    git(scratch.mirror, "cat-file", "-e", work);
  });
});
