import { describe, expect, it } from "vitest";
import { usualTask } from "./__fixtures__/task-texts.ts";
import { readDate } from "./backlog-date.ts";
import { kindOf, rankOf, readConfig } from "./backlog-config.ts";
import { canonicalId, idOfFile } from "./task-id.ts";
import { readTask } from "./task-record.ts";

describe("a task's file", () => {
  it("is read as it is written", () => {
    expect(readTask(usualTask, "x", "task")).toEqual({
      id: "TASK-1",
      writtenId: "TASK-1",
      title: 'First harbour: parse, "quoted" & Ünïcode',
      status: "To Do",
      description:
        "## Description\n\nWhat it is about\n\n## Acceptance Criteria\n- [ ] #1 It works",
      assignee: "@someone",
      labels: ["api", "web"],
      dependencies: ["TASK-2"],
      priority: "high",
      createdAt: "2026-11-22T15:36:00Z",
      updatedAt: "2026-11-22T15:40:00Z",
      parent: null,
      milestone: null,
    });
  });

  it("is read the same with CRLF, a byte order mark and bare names", () => {
    const usual = readTask(usualTask, "x", "task");
    expect(readTask(usualTask.replaceAll("\n", "\r\n"), "x", "task")).toEqual(usual);
    expect(readTask(`\uFEFF${usualTask}`, "x", "task")).toEqual(usual);
    const bare = usualTask.replace("assignee:\n  - '@someone'", "assignee: @someone");
    expect(readTask(bare, "x", "task")).toEqual(usual);
  });

  it("R-305 R-306 trims labels and lets go of what is of no use", () => {
    const odd = usualTask
      .replace("labels:\n  - api\n  - Web", "labels: [' API ', api, '', {}, 7]")
      .replace("dependencies:\n  - TASK-2", "dependencies: { a: b }")
      .replace("priority: high", "priority: [high]")
      .replace("'2026-11-22 15:36'", "yesterday")
      .replace("'2026-11-22 15:40'", "'2026-02-30 10:00'");
    expect(readTask(odd, "x", "task")).toMatchObject({
      labels: ["api", "7"],
      dependencies: [],
      priority: null,
      createdAt: null,
      updatedAt: null,
    });
  });

  it.each([
    ["prose", "has no front matter"],
    ["---\nid: TASK-1\n", "has no front matter"],
    ["---\n- a\n---\n", "it is no map"],
    ["---\nid: [\n---\n", "cannot be read"],
    ["---\na: &a [*a, *a]\nb: [*a]\n---\n", "has"],
    [usualTask.replace("id: TASK-1", "id: ''"), "has no id"],
    [usualTask.replace(/title: .*/, "title: ''"), "has no title"],
    [usualTask.replace("status: To Do", "status:"), "has no status"],
    [usualTask.replace("status: To Do", "status: A\nstatus: B"), "cannot be read"],
  ])("R-317 is none: %j", (text, reason) => {
    const named = expect.objectContaining({
      code: "tracker_payload",
      message: expect.stringContaining(reason),
    });
    expect(() => readTask(text, "x.md", "task")).toThrow(named);
  });
});

it.each([
  ["2026-11-22 15:36", "2026-11-22T15:36:00Z"],
  ["2026-11-22T15:36", "2026-11-22T15:36:00Z"],
  ["2026-11-22", "2026-11-22T00:00:00Z"],
  ["22-11-26", "2026-11-22T00:00:00Z"],
  ["22/11/26", "2026-11-22T00:00:00Z"],
  ["22.11.26", "2026-11-22T00:00:00Z"],
  ["22.11/26", null],
  ["2026-13-01", null],
  ["", null],
])("R-316 reads the date %j as %j", (written, instant) => {
  expect(readDate(written)).toBe(instant);
});

it.each([
  ["task-1", "TASK-1"],
  [" TASK-007.010 ", "TASK-7.10"],
  ["12", "BUG-12"],
  ["bug-x1", "BUG-X1"],
  ["nothing", null],
  ["", null],
])("knows the id %j as %j", (written, id) => {
  expect(canonicalId(written, "bug")).toBe(id);
});

it.each([
  ["task-1 - Title.md", "TASK-1"],
  ["Task-01.2 - Tïtle - more.md", "TASK-1.2"],
  ["task-3.md", "TASK-3"],
  ["task-4 - Title.txt", null],
  ["readme.md", null],
  [".task-1 - Title.md.signalbox-tmp", null],
])("knows the file %j as %j", (name, id) => {
  expect(idOfFile(name, "task")).toBe(id);
});

describe("config.yml", () => {
  it("orders statuses and priorities", () => {
    const config = readConfig(
      'statuses: ["Ideas", "To Do", "Doing", "Review", "Shipped"]\ndefault_status: to do\npriorities: [Now, Soon, Later, Some day, Never]\ntask_prefix: "bug"\n',
      "config.yml",
    );
    const kinds = [...config.statuses, "Lost"].map((status) => kindOf(config, status));
    expect(kinds).toEqual(["unstarted", "unstarted", "started", "started", "completed", null]);
    const ranks = ["now", "Later", "Some Day", "never", "high", null].map((one) =>
      rankOf(config, one),
    );
    expect(ranks).toEqual([1, 3, 4, null, null, null]);
    expect(config.prefix).toBe("bug");
  });

  it("has the program's defaults", () => {
    const config = readConfig("project_name: x\nstatuses: none\n", "config.yml");
    expect(config).toEqual({
      statuses: ["To Do", "In Progress", "Done"],
      defaultStatus: "To Do",
      priorities: ["high", "medium", "low"],
      prefix: "task",
    });
    expect(["High", "medium", "low"].map((one) => rankOf(config, one))).toEqual([1, 2, 3]);
    const broken = expect.objectContaining({ code: "tracker_config" });
    expect(() => readConfig("statuses: [", "config.yml")).toThrow(broken);
  });
});
