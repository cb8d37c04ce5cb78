import { chmod, lstat, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newBacklog, taskText } from "./__fixtures__/new-backlog.ts";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { BacklogTrackerAdapter } from "./index.ts";

const { signal } = new AbortController();
const order = (
  to: string,
  from: string | null = null,
): { from: string | null; to: string; key: string } => ({
  from,
  to,
  key: "run-1",
});

describe("reading", () => {
  it("R-322 tells blockers with their states, and what resolves none as one without an id", async () => {
    const { tracker, add, at } = await newBacklog();
    await add(1, "dependencies: [task-2, TASK-003, 4, TASK-9, TASK-1]\n");
    await add(2);
    await add(3, "", "completed");
    await writeFile(at("tasks/task-4 - Broken.md"), "nothing");
    const [issue] = await tracker.fetchIssuesByIds(["TASK-1"], signal);
    expect(issue?.blockedBy).toEqual([
      { id: "TASK-2", identifier: "TASK-2", state: "To Do", stateKind: "unstarted" },
      { id: "TASK-3", identifier: "TASK-3", state: "To Do", stateKind: "completed" },
      { id: "TASK-4", identifier: "4", state: null, stateKind: null },
      { id: null, identifier: "TASK-9", state: null, stateKind: null },
      { id: null, identifier: "TASK-1", state: null, stateKind: null },
    ]);
    const changes = await tracker.fetchChanges(null, signal);
    const problems = changes.kind === "unchanged" ? [] : (changes.problems ?? []);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("has no front matter"),
      "the dependency TASK-9 is no task, and blocks this one",
      "the dependency TASK-1 is this task itself",
    ]);
  });

  it("R-307 R-308 a bad file hides no other, and fails the call where it is asked for", async () => {
    const { tracker, add, at } = await newBacklog();
    await add(1);
    await writeFile(at("tasks/task-2 - Bad.md"), Buffer.from([0x2d, 0xff, 0xfe]));
    await mkdir(at("tasks/task-3 - Folder.md"));
    expect(await tracker.fetchIssuesByStates(["to do"], signal)).toHaveLength(1);
    for (const [id, words] of [
      ["TASK-2", "UTF-8"],
      ["TASK-3", "regular file"],
    ] as const) {
      const failure = tracker.fetchIssuesByIds(["TASK-1", id], signal);
      await expect(failure).rejects.toMatchObject({
        code: "tracker_payload",
        message: expect.stringContaining(words),
      });
    }
    expect(await tracker.fetchIssuesByIds(["TASK-1", "TASK-1", "TASK-8"], signal)).toHaveLength(1);
  });

  it("R-311 R-312 an id that is there twice is listed, told of, neither dispatched nor written", async () => {
    const { tracker, add, at } = await newBacklog();
    const path = await add(1);
    await writeFile(at("tasks/task-01 - Twin.md"), taskText("task-01"));
    const listed = await tracker.fetchIssuesByStates(["To Do"], signal);
    expect(listed.map(({ notDispatchable }) => notDispatchable)).toEqual([
      expect.stringMatching(/^2 files have the id TASK-1: .*Twin\.md, .*T\.md$/),
    ]);
    const before = await readFile(path, "utf8");
    const result = await tracker.transition("TASK-1", order("Done"), signal);
    expect(result).toEqual({ kind: "rejected", reason: listed[0]?.notDispatchable });
    expect(await readFile(path, "utf8")).toBe(before);
  });

  it("R-301 R-304 lists by number, with those that are completed, without archived ones and drafts", async () => {
    const { tracker, add, at } = await newBacklog();
    for (const number of [10, 2]) await add(number);
    await add(3, "", "completed");
    for (const folder of ["archive/tasks", "drafts"]) {
      await mkdir(at(folder), { recursive: true });
      await add(4, "", folder);
    }
    await writeFile(at("tasks/notes.md"), "no task");
    const listed = await tracker.fetchIssuesByStates([" TO do "], signal);
    expect(listed.map(({ id, stateKind }) => `${id} ${stateKind}`)).toEqual([
      "TASK-2 unstarted",
      "TASK-3 completed",
      "TASK-10 unstarted",
    ]);
    expect(listed[0]?.nativeRef).toEqual({
      file: "backlog/tasks/task-2 - T.md",
      parent: null,
      milestone: null,
    });
  });

  it("R-320 a task whose file moves is not gone, and one that cannot be read is not removed", async () => {
    const { tracker, add, at } = await newBacklog();
    const path = await add(1);
    await add(2);
    const { cursor } = await tracker.fetchChanges(null, signal);
    const text = await readFile(path, "utf8");
    await rm(path);
    const looking = tracker.fetchIssuesByIds(["TASK-1"], signal);
    setTimeout(() => void writeFile(at("tasks/task-1 - Other.md"), text), 40);
    expect(await looking).toHaveLength(1);
    await writeFile(at("tasks/task-2 - T.md"), "spoilt");
    const changes = await tracker.fetchChanges(cursor, signal);
    expect(changes).toMatchObject({ kind: "changes", removedIds: [] });
    await rm(at("tasks/task-2 - T.md"));
    const later = await tracker.fetchChanges(changes.cursor, signal);
    expect(later.kind).toBe("changes");
    expect(await tracker.fetchIssuesByIds(["TASK-2"], signal)).toEqual([]);
  });

  it.each([
    { option: undefined, folder: "backlog", config: "backlog/config.yml" },
    { option: undefined, folder: ".backlog", config: ".backlog/config.yaml" },
    { option: undefined, folder: "plan/board", config: "backlog.config.yml" },
    { option: "plan/board", folder: "plan/board", config: "plan/board/config.yml" },
    { option: "plan/board/", folder: "plan/board", config: "backlog.config.yml" },
  ])("finds $folder by $config", async ({ option, folder, config }) => {
    const root = await temporaryFolder();
    await mkdir(join(root, folder, "tasks"), { recursive: true });
    await writeFile(
      join(root, config),
      `project_name: x\nbacklog_directory: "./${folder}/"\ntask_prefix: job\nstatuses: [Open, Closed]\n`,
    );
    await writeFile(join(root, folder, "tasks", "job-1 - T.md"), taskText("JOB-1"));
    const tracker = new BacklogTrackerAdapter({ path: option }, { folder: root });
    const { scope, states, files } = await tracker.describe(signal);
    expect(scope).toBe(join(root, folder));
    expect(states.map(({ name }) => name)).toEqual(["Open", "Closed", "To Do"]);
    expect(files).toEqual([join(root, folder, "tasks"), join(root, folder, "completed")]);
  });

  it("R-314 says what is missing, forbidden or wrong, and what to do", async () => {
    const root = await temporaryFolder();
    const tracker = new BacklogTrackerAdapter({}, { folder: root });
    const missing = { code: "tracker_config", remedy: expect.stringContaining("backlog init") };
    await expect(tracker.describe(signal)).rejects.toMatchObject(missing);
    await mkdir(join(root, "backlog"));
    await expect(tracker.describe(signal)).rejects.toMatchObject(missing);
    await writeFile(join(root, "backlog", "tasks"), "no folder");
    await expect(tracker.describe(signal)).rejects.toMatchObject({ code: "tracker_config" });
    await writeFile(join(root, "backlog.config.yml"), "a: [");
    await expect(tracker.describe(signal)).rejects.toMatchObject({ code: "tracker_config" });
    const loop = join(root, "loop");
    await symlink(loop, loop);
    const looping = new BacklogTrackerAdapter({ path: "loop" }, { folder: root });
    await expect(looping.describe(signal)).rejects.toMatchObject({ code: "tracker_config" });
  });
});

describe("writing", () => {
  it("R-323 a move is compared, written and read back, in the spelling of config.yml", async () => {
    const { tracker, add } = await newBacklog();
    const path = await add(1);
    const conflict = await tracker.transition("TASK-1", order("Done", "In Progress"), signal);
    expect(conflict).toMatchObject({ kind: "conflict", issue: { state: "To Do" } });
    const unknown = await tracker.transition("TASK-1", order("Shipped"), signal);
    expect(unknown).toEqual({
      kind: "rejected",
      reason: 'the backlog backlog has no status "Shipped": it has To Do, In Progress, Done',
    });
    expect(await readFile(path, "utf8")).toBe(taskText("TASK-1"));
    const moved = await tracker.transition("TASK-1", order(" in progress ", "TO DO"), signal);
    expect(moved).toMatchObject({ kind: "confirmed", issue: { state: "In Progress" } });
    const text = await readFile(path, "utf8");
    expect(text).toContain("\nstatus: In Progress\n");
    const again = await tracker.transition("TASK-1", order("in progress", "TO DO"), signal);
    expect(again.kind).toBe("confirmed");
    expect(await readFile(path, "utf8")).toBe(text);
  });

  it("touches updated_date as the program does, by the host's clock", async () => {
    const { tracker, add } = await newBacklog(() => Date.parse("2027-03-04T05:06:07.890Z"));
    const path = await add(1);
    await tracker.transition("TASK-1", order("Done"), signal);
    expect(await readFile(path, "utf8")).toContain(
      "created_date: '2026-11-22 15:36'\nupdated_date: '2027-03-04 05:06'\n",
    );
  });

  it("rejects what a completed task, or an unusual file, cannot take", async () => {
    const { tracker, add, at } = await newBacklog();
    await add(1, "", "completed");
    await writeFile(at("tasks/task-2 - T.md"), taskText("TASK-2").replace("To Do", "|\n  To Do"));
    for (const id of ["TASK-1", "TASK-2"]) {
      const result = await tracker.transition(id, order("Done"), signal);
      expect(result).toMatchObject({ kind: "rejected", reason: expect.stringContaining(id) });
    }
    const gone = tracker.transition("TASK-7", order("Done"), signal);
    await expect(gone).rejects.toMatchObject({ code: "tracker_status" });
  });

  it("finds a task's file that the program moved since it was read", async () => {
    const { tracker, add, at } = await newBacklog();
    const path = await add(1);
    await tracker.fetchChanges(null, signal);
    await rename(path, at("tasks/task-1 - Other-title.md"));
    expect((await tracker.transition("TASK-1", order("Done"), signal)).kind).toBe("confirmed");
  });

  it("R-327 keeps a byte order mark, CRLF and a missing last newline on disk", async () => {
    const { tracker, add } = await newBacklog(() => Date.parse("2027-03-04T05:06:07Z"));
    const path = await add(1, "updated_date: '2026-11-22 15:36'\n");
    const text = `\uFEFF${await readFile(path, "utf8")}`.trimEnd().replaceAll("\n", "\r\n");
    await writeFile(path, text);
    expect((await tracker.transition("TASK-1", order("Done"), signal)).kind).toBe("confirmed");
    expect(await readFile(path)).toEqual(
      Buffer.from(
        text
          .replace("status: To Do", "status: Done")
          .replace("updated_date: '2026-11-22 15:36'", "updated_date: '2027-03-04 05:06'"),
      ),
    );
  });

  it("R-327 keeps the mode and follows a symbolic link", async () => {
    const { tracker, add, at, folder } = await newBacklog();
    const path = await add(1);
    const real = join(folder, "elsewhere.md");
    await rename(path, real);
    await chmod(real, 0o666);
    await symlink(real, at("tasks/task-1 - T.md"));
    expect((await tracker.transition("TASK-1", order("Done"), signal)).kind).toBe("confirmed");
    expect(await readFile(real, "utf8")).toContain("status: Done");
    expect((await lstat(at("tasks/task-1 - T.md"))).isSymbolicLink()).toBe(true);
    expect(((await lstat(real)).mode & 0o777).toString(8)).toBe("666");
  });
});
