import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HooksConfig, Workspace } from "@signalbox/contracts";
import { isAlive } from "@signalbox/process";
import { calm, git, MemoryLogger, Scratch } from "./__fixtures__/scratch.ts";
import { WorkspaceHooks, WorkspaceManager } from "./index.ts";

const order = { issueId: "id-1", identifier: "add-login" };
let scratch: Scratch;
let logger: MemoryLogger;

beforeEach(() => {
  scratch = new Scratch();
  logger = new MemoryLogger();
});
afterEach(() => scratch.dispose());

function withHooks(hooks: Partial<HooksConfig>): {
  manager: WorkspaceManager;
  hooks: WorkspaceHooks;
} {
  const config = scratch.config({}, hooks);
  const environment = { ...process.env, GITHUB_TOKEN: "secret" };
  return {
    manager: new WorkspaceManager(config, { logger, environment }),
    hooks: new WorkspaceHooks(config, { logger, environment }),
  };
}

function read(workspace: Workspace, file: string): string {
  return readFileSync(join(workspace.path, file), "utf8");
}

describe("after_create", () => {
  it("R-205 R-209 runs once, in the new workspace", async () => {
    const { manager } = withHooks({ afterCreate: "pwd >> made.txt" });
    const workspace = await manager.prepare(order, calm);
    await manager.prepare(order, calm);
    expect(read(workspace, "made.txt")).toBe(`${workspace.path}\n`);
  });

  it("R-205 R-218 a failure leaves nothing, and the next prepare starts clean", async () => {
    const marker = join(scratch.folder, "fail");
    scratch.write(marker, "");
    const { manager } = withHooks({
      afterCreate: `touch half; echo oh no >&2; test ! -f ${marker}`,
    });
    await expect(manager.prepare(order, calm)).rejects.toMatchObject({
      code: "hook_failed",
      message: expect.stringMatching(/after_create of issue "add-login" ended with code 1. oh no/),
      remedy: expect.stringMatching(/hooks\.after_create/),
    });
    expect(existsSync(join(scratch.root, "add-login"))).toBe(false);
    expect(git(scratch.mirror, "for-each-ref", "refs/heads/")).toBe("");
    rmSync(marker);
    expect((await manager.prepare(order, calm)).createdNow).toBe(true);
  });

  it("R-218 what a killed daemon left in the middle of it is made anew", async () => {
    const { manager } = withHooks({ afterCreate: "echo done > made.txt" });
    const workspace = await manager.prepare(order, calm);
    scratch.write(join(workspace.path, "made.txt"), "half");
    const record = join(scratch.stateDir, "workspace-records/add-login.json");
    scratch.write(record, readFileSync(record, "utf8").replace("ready", "unfinished"));
    const again = await withHooks({ afterCreate: "echo done > made.txt" }).manager.prepare(
      order,
      calm,
    );
    expect(again).toEqual({ ...workspace, createdNow: true });
    expect(read(again, "made.txt")).toBe("done\n");
  });

  it("R-205 R-210 past its time limit it dies with everything it started", async () => {
    const pids = join(scratch.folder, "pids");
    const script = `trap '' TERM; (trap '' TERM; echo $BASHPID >> ${pids}; sleep 60) & echo $$ >> ${pids}; wait; sleep 60`;
    const { manager } = withHooks({ afterCreate: script, timeoutMs: 500 });
    await expect(manager.prepare(order, calm)).rejects.toMatchObject({
      code: "hook_timed_out",
      remedy: expect.stringMatching(/hooks\.timeout_ms/),
    });
    const started = readFileSync(pids, "utf8").trim().split("\n").map(Number);
    expect(started.length).toBe(2);
    for (const pid of started) expect(isAlive(pid, null)).toBe(false);
    expect(existsSync(join(scratch.root, "add-login"))).toBe(false);
  });

  it("R-218 an abort ends it and leaves nothing", async () => {
    const started = join(scratch.folder, "started");
    const { manager } = withHooks({ afterCreate: `touch ${started}; sleep 60` });
    const stop = new AbortController();
    const preparing = manager.prepare(order, stop.signal);
    const abort = async (): Promise<void> => {
      await expect.poll(() => existsSync(started), { timeout: 20_000 }).toBe(true);
      stop.abort(new Error("no longer wanted"));
    };
    const [ended] = await Promise.allSettled([preparing, abort()]);
    expect(ended).toMatchObject({ status: "rejected", reason: { message: "no longer wanted" } });
    expect(existsSync(join(scratch.root, "add-login"))).toBe(false);
  });

  it("R-216 a hook that puts a link in the place of the workspace is found out", async () => {
    const outside = join(scratch.folder, "outside");
    scratch.write(join(outside, "precious.txt"), "precious");
    const script = `cd ..; rm -rf add-login; ln -s ${outside} add-login`;
    const { manager } = withHooks({ afterCreate: script });
    await expect(manager.prepare(order, calm)).rejects.toMatchObject({
      code: "workspace_unsafe_path",
    });
    expect(readFileSync(join(outside, "precious.txt"), "utf8")).toBe("precious");
  });
});

describe("the other hooks", () => {
  it("R-206 R-209 before_run knows its run and sees no secret of the daemon", async () => {
    const { manager, hooks } = withHooks({ beforeRun: "pwd > seen.txt; env >> seen.txt" });
    const workspace = await manager.prepare({ issueId: "id-1", identifier: "a;b\0 'c'" }, calm);
    await hooks.beforeRun(workspace, { runId: "run-7", attempt: 2 }, calm);
    const lines = read(workspace, "seen.txt").split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        workspace.path,
        "SIGNALBOX_ISSUE_IDENTIFIER=a;b 'c'",
        "SIGNALBOX_ISSUE_ID=id-1",
        `SIGNALBOX_WORKSPACE=${workspace.path}`,
        `SIGNALBOX_BRANCH=${workspace.branch}`,
        "SIGNALBOX_RUN_ID=run-7",
        "SIGNALBOX_ATTEMPT=2",
      ]),
    );
    expect(lines.join()).not.toMatch(/GITHUB_TOKEN/);
  });

  it("R-206 a failure or a timeout of before_run is an error", async () => {
    const { manager, hooks } = withHooks({ beforeRun: "exit 3" });
    const workspace = await manager.prepare(order, calm);
    await expect(hooks.beforeRun(workspace, {}, calm)).rejects.toMatchObject({
      code: "hook_failed",
      retryable: true,
    });
    const slow = new WorkspaceHooks(scratch.config({}, { beforeRun: "sleep 60", timeoutMs: 100 }));
    await expect(slow.beforeRun(workspace, {}, calm)).rejects.toMatchObject({
      code: "hook_timed_out",
    });
  });

  it("R-207 errors of after_run are logged and not thrown", async () => {
    const { manager, hooks } = withHooks({ afterRun: "echo sorry; exit 3" });
    const workspace = await manager.prepare(order, calm);
    await hooks.afterRun(workspace, { runId: "run-1" }, calm);
    expect(logger.lines).toContainEqual({
      level: "warn",
      message: expect.stringMatching(/after_run.*ended with code 3. sorry/),
      fields: {
        issue_id: "id-1",
        issue_identifier: "add-login",
        run_id: "run-1",
        hook: "after_run",
      },
    });
  });

  it("R-208 before_remove runs before the deletion, which its failure does not stop", async () => {
    const seen = join(scratch.folder, "seen");
    const { manager } = withHooks({ beforeRemove: `cp README.md ${seen}; exit 1` });
    const workspace = await manager.prepare(order, calm);
    await manager.remove(workspace, calm);
    expect(readFileSync(seen, "utf8")).toBe("first\n");
    expect(existsSync(workspace.path)).toBe(false);
    expect(logger.lines.map(({ level }) => level)).toContain("warn");
  });

  it("R-225 what before_remove leaves is saved as well", async () => {
    const { manager } = withHooks({ beforeRemove: "echo last > last.txt" });
    const { savedRef } = await manager.remove(await manager.prepare(order, calm), calm);
    expect(git(scratch.mirror, "show", `${savedRef}:last.txt`)).toBe("last");
  });

  it("R-222 output of any size neither blocks nor floods the log", async () => {
    const { manager, hooks } = withHooks({
      beforeRun: "head -c 50000000 /dev/zero | tr '\\0' x; echo end",
    });
    const workspace = await manager.prepare(order, calm);
    await hooks.beforeRun(workspace, {}, calm);
    const output = JSON.stringify(logger.lines[0]?.fields["output"]);
    expect(output.length).toBeLessThan(5_000);
    expect(output).toMatch(/end"$/);
  });
});
