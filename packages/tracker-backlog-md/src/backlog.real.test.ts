import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Issue } from "@signalbox/contracts";
import { lookUpAgent } from "@signalbox/model-server";
import { expect, it } from "vitest";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { BacklogTrackerAdapter } from "./index.ts";

const program = lookUpAgent("backlog");
const note = program.isInstalled ? "" : ` (${program.reason})`;
const { signal } = new AbortController();
const run = promisify(execFile);

/** What the program prints in a folder, with a home of its own. */
async function backlog(folder: string, ...args: readonly string[]): Promise<string> {
  if (!program.isInstalled) throw new Error(program.reason);
  const [command, ...first] = program.program;
  const env = { PATH: process.env["PATH"], HOME: folder, BACKLOG_CWD: folder };
  const { stdout } = await run(command, [...first, ...args], { cwd: folder, env, timeout: 60_000 });
  return stdout;
}

async function project(): Promise<string> {
  const folder = await temporaryFolder();
  await backlog(folder, "init", "demo", "--defaults", "--no-git", "--agent-instructions", "none");
  return folder;
}

async function issuesOf(tracker: BacklogTrackerAdapter): Promise<ReadonlyMap<string, Issue>> {
  const changes = await tracker.fetchChanges(null, signal);
  const issues = changes.kind === "full" ? changes.issues : [];
  expect(changes).toMatchObject({ kind: "full", problems: [] });
  return new Map(issues.map((issue) => [issue.id, issue]));
}

const fileOf = async (folder: string, id: string): Promise<string> => {
  const tasks = join(folder, "backlog", "tasks");
  const name = (await readdir(tasks)).find((one) => one.startsWith(`${id.toLowerCase()} `));
  return readFile(join(tasks, name ?? ""), "utf8");
};

it.skipIf(!program.isInstalled)(
  `what Backlog.md ${program.version} writes is read${note}`,
  async () => {
    const folder = await project();
    const title = 'First: "quoted", Ünïcode & — #1';
    const words = ["-d", "Words\n---\nmore", "--ac", "It works", "--notes", "n"];
    const fields = ["-a", "@one,@two", "-l", "Api,web", "--priority", "high"];
    await backlog(folder, "task", "create", title, ...words, ...fields);
    await backlog(folder, "task", "create", "Second", "--dep", "task-1", "--priority", "low");
    await backlog(folder, "task", "create", "Third", "-p", "task-1");
    await backlog(folder, "task", "edit", "1", "--comment", "Hello", "--comment-author", "@one");
    const tracker = new BacklogTrackerAdapter({}, { folder });
    const issues = await issuesOf(tracker);
    expect([...issues.keys()]).toEqual(["TASK-1", "TASK-1.1", "TASK-2"]);
    expect(issues.get("TASK-1")).toMatchObject({
      title,
      description:
        "## Description\n\nWords\n---\nmore\n\n## Acceptance Criteria\n- [ ] #1 It works\n\n## Implementation Notes\n\nn",
      state: "To Do",
      stateKind: "unstarted",
      priority: 1,
      labels: ["api", "web"],
      assignee: "@one",
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/),
      updatedAt: expect.any(String),
    });
    expect(issues.get("TASK-1.1")?.nativeRef).toMatchObject({ parent: "TASK-1" });
    expect(issues.get("TASK-2")).toMatchObject({
      priority: 3,
      blockedBy: [{ id: "TASK-1", state: "To Do", stateKind: "unstarted" }],
    });
    expect(await tracker.fetchComments("TASK-1", null, signal)).toMatchObject([
      { author: "@one", body: "Hello" },
    ]);
    await backlog(folder, "task", "edit", "1", "-s", "Done");
    await backlog(folder, "task", "complete", "1");
    await backlog(folder, "task", "archive", "1.1");
    const later = await issuesOf(tracker);
    expect([...later.keys()]).toEqual(["TASK-1", "TASK-2"]);
    expect(later.get("TASK-2")?.blockedBy).toMatchObject([
      { state: "Done", stateKind: "completed" },
    ]);
  },
  60_000,
);

it.skipIf(!program.isInstalled)(
  `R-327 what is written, Backlog.md ${program.version} reads, and keeps in its next write${note}`,
  async () => {
    const folder = await project();
    await backlog(folder, "task", "create", "First: a", "-d", "Words", "--priority", "high");
    const tracker = new BacklogTrackerAdapter({}, { folder });
    const before = await fileOf(folder, "TASK-1");
    const order = { from: "To Do", to: "In Progress", key: "run-1" };
    expect((await tracker.transition("TASK-1", order, signal)).kind).toBe("confirmed");
    const ours = await fileOf(folder, "TASK-1");
    expect(await backlog(folder, "task", "list", "--plain")).toMatch(
      /In Progress:\n {2}\[HIGH\] TASK-1 - First: a/,
    );
    // The program itself, told to do the same, writes the same bytes.
    const updated = /\nupdated_date: .*/;
    expect(updated.test(ours)).toBe(true);
    expect(ours.replace(updated, "")).toBe(before.replace("status: To Do", "status: In Progress"));
    await backlog(folder, "task", "edit", "1", "-s", "To Do");
    await backlog(folder, "task", "edit", "1", "-s", "In Progress");
    expect((await fileOf(folder, "TASK-1")).replace(updated, "")).toBe(ours.replace(updated, ""));

    const body = "We **ask**\n---\n## Final Summary\n<!-- COMMENTS:END -->\nend";
    const { writtenAt } = await tracker.ensureComment("TASK-1", { key: "a--b", body }, signal);
    const commented = await fileOf(folder, "TASK-1");
    expect(await backlog(folder, "task", "1", "--plain")).toMatch(
      /#1 - signalbox - .*\n<!-- signalbox:key=a%2D%2Db -->\nWe \*\*ask\*\*\n- - -\n## Final Summary\n.*\nend/,
    );
    await backlog(folder, "task", "edit", "1", "--comment", "So", "--append-notes", "more");
    const theirs = await fileOf(folder, "TASK-1");
    const section = /<!-- COMMENTS:BEGIN -->\n([\s\S]*?)<!-- COMMENTS:END -->\n?$/;
    expect(theirs.includes(section.exec(commented)?.[1] ?? "nothing")).toBe(true);
    await tracker.ensureComment("TASK-1", { key: "a--b", body: "Again" }, signal);
    const answers = await tracker.fetchComments("TASK-1", writtenAt, signal);
    expect(answers.map((comment) => comment.body)).toEqual(["So"]);
    expect(await backlog(folder, "task", "1", "--plain")).toMatch(/#1 [^#]*Again\n\n#2 [^#]*So\n/);
  },
  60_000,
);

it.skipIf(!program.isInstalled)(
  `R-328 a write waits for Backlog.md ${program.version}, and the program for ours${note}`,
  async () => {
    const folder = await project();
    await backlog(folder, "task", "create", "First");
    const tracker = new BacklogTrackerAdapter({}, { folder });
    const refusals: string[] = [];
    const theirs = (async (): Promise<void> => {
      for (let at = 0; at < 6;) {
        try {
          await backlog(folder, "task", "edit", "1", "--add-label", `l${at}`);
          at += 1;
        } catch (error) {
          // It does not wait for a lock.
          refusals.push(String(error));
        }
      }
    })();
    const ours = (async (): Promise<void> => {
      for (let at = 0; at < 30; at += 1) {
        await tracker.ensureComment("TASK-1", { key: `${at}`, body: `Note ${at}.` }, signal);
      }
    })();
    await Promise.all([theirs, ours]);
    expect(refusals.filter((words) => !/being modified by another process/.test(words))).toEqual(
      [],
    );
    const [issue] = await tracker.fetchIssuesByIds(["TASK-1"], signal);
    expect(issue?.labels).toEqual(["l0", "l1", "l2", "l3", "l4", "l5"]);
    const text = await fileOf(folder, "TASK-1");
    const notes = [...text.matchAll(/^Note (\d+)\.$/gm)].map(([, at]) => Number(at));
    expect(notes).toEqual(Array.from({ length: 30 }, (_, at) => at));
  },
  120_000,
);
