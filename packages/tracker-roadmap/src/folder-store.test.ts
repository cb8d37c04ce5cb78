import { execFile } from "node:child_process";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Issue } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { shard, shardsOf } from "./__fixtures__/shards.ts";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { RoadmapTrackerAdapter } from "./index.ts";

const { signal } = new AbortController();
const titles = (issues: readonly Issue[]): readonly string[] => issues.map(({ title }) => title);
const index = (...milestones: string[]): string =>
  `---\nproject: x\ncreated: 2026-05-01\nmilestones:\n${milestones.map((name) => `  - "${name}"\n`).join("")}---\n`;

describe("a folder of shards", () => {
  it("R-304 is read in the order of its index, then by order, then by slug", async () => {
    const { tracker } = await shardsOf({
      "_meta.md": `${index("One", "Two")}\n## Assignment History\n| Feature | Assignee | Action | Date |\n### No feature\n- **Status:** planned\n`,
      "a.md": shard("A", "milestone: Two\norder: 1"),
      "b.md": shard("B", "milestone: One\norder: 2"),
      "c.md": shard("C", "milestone: One\norder: 1"),
      "d.md": shard("D", "milestone: Unlisted"),
      "e.md": shard("E", "slug: x"),
      "f.md": shard("F", "milestone: One\norder: 2\nslug: a-first"),
      "README.md": "# How to write shards\n",
      "notes.txt": "### no",
      ".c.md.swp.md": "### no",
    });
    const changes = await tracker.fetchChanges(null, signal);
    if (changes.kind !== "full") throw new Error(changes.kind);
    expect(titles(changes.issues)).toEqual(["C", "F", "B", "A", "D", "E"]);
    expect(changes.problems).toEqual([]);
    expect(changes.issues[0]).toMatchObject({
      labels: ["one"],
      createdAt: "2026-05-01T00:00:00.000Z",
      nativeRef: { file: "docs/roadmap.d/c.md", line: 6, title: "C", milestone: "One" },
    });
  });

  it("reads the sample, blockers over files included", async () => {
    const folder = await temporaryFolder();
    await cp(new URL("__fixtures__/roadmap.d", import.meta.url), join(folder, "r.d"), {
      recursive: true,
    });
    const tracker = new RoadmapTrackerAdapter({ path: "r.d/" }, { folder });
    const [issue, ...others] = await tracker.fetchIssuesByStates(["planned"], signal);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({
      id: "github:example/tide-tables#12",
      identifier: "predict-heights",
      priority: 2,
      labels: ["first-harbour"],
      blockedBy: [{ id: "parse-harmonic-const-ffeca00f", state: "done", stateKind: "completed" }],
    });
  });

  it("R-327 a move changes the bytes of one field of one file", async () => {
    const text = "\uFEFF" + shard("B", "order: 2").replaceAll("\n", "\r\n") + "- **Plan:** x";
    const { tracker, at } = await shardsOf({ "a.md": shard("A"), "b.md": text });
    const [, b] = await tracker.fetchIssuesByStates(["planned"], signal);
    const before = await tracker.fetchChanges(null, signal);
    const order = { from: "planned", to: "in-progress", key: "k" };
    expect(await tracker.transition(b?.id ?? "", order, signal)).toMatchObject({
      kind: "confirmed",
      issue: { title: "B", state: "in-progress" },
    });
    expect(await readFile(at("b.md"), "utf8")).toBe(text.replace("planned", "in-progress"));
    expect(await readFile(at("a.md"), "utf8")).toBe(shard("A"));
    expect(await readdir(at(""))).toEqual(["a.md", "b.md"]);
    expect(await tracker.fetchChanges(before.cursor, signal)).toMatchObject({
      kind: "changes",
      issues: [{ title: "B", state: "in-progress" }],
      removedIds: [],
    });
    expect(
      await tracker.transition("gone", order, signal).catch((error: unknown) => error),
    ).toMatchObject({ code: "tracker_status" });
  });

  it("R-328 four processes that move features of one folder lose no update", async () => {
    const names = Array.from({ length: 16 }, (_, n) => `F ${n}`);
    const files = Object.fromEntries(names.map((_, n) => [`f-${n >> 1}.md`, ""]));
    const { folder, at } = await shardsOf(files);
    const textOf = (n: number): string =>
      shard(names[2 * n] ?? "", `order: ${n}`) +
      `\n### ${names[2 * n + 1]}\n\n- **Status:** planned\n`;
    for (let n = 0; n < 8; n += 1) await writeFile(at(`f-${n}.md`), textOf(n));
    const program = fileURLToPath(new URL("__fixtures__/move-features.ts", import.meta.url));
    await Promise.all(
      [0, 1, 2, 3].map((writer) =>
        promisify(execFile)(process.execPath, [
          "--conditions=@signalbox/source",
          program,
          join(folder, "docs/roadmap.d"),
          "done",
          ...names.filter((_, n) => n % 4 === writer),
        ]),
      ),
    );
    for (let n = 0; n < 8; n += 1) {
      expect(await readFile(at(`f-${n}.md`), "utf8")).toBe(textOf(n).replaceAll("planned", "done"));
    }
  });

  it("follows an issue into another file", async () => {
    const { tracker, at } = await shardsOf({ "a.md": shard("A"), "b.md": shard("B") });
    const [a] = await tracker.fetchIssuesByStates(["planned"], signal);
    await rename(at("a.md"), at("z.md"));
    const order = { from: "planned", to: "done", key: "k" };
    expect(await tracker.transition(a?.id ?? "", order, signal)).toMatchObject({
      kind: "confirmed",
      issue: { nativeRef: { file: "docs/roadmap.d/z.md" } },
    });
    expect(await readFile(at("z.md"), "utf8")).toContain("done");
  });

  it("R-320 a shard that is away while it is replaced is not gone; a deleted one is", async () => {
    const { tracker, at } = await shardsOf({ "a.md": shard("A"), "b.md": shard("B") });
    const { cursor } = await tracker.fetchChanges(null, signal);
    await rename(at("a.md"), at(".away"));
    setTimeout(() => void rename(at(".away"), at("a.md")), 20);
    expect((await tracker.fetchChanges(cursor, signal)).kind).toBe("unchanged");
    await rm(at("a.md"));
    expect(await tracker.fetchChanges(cursor, signal)).toMatchObject({
      kind: "changes",
      issues: [{ title: "B" }],
      removedIds: [expect.stringMatching(/^a-/)],
    });
    await rm(at("b.md"));
    await expect(tracker.fetchChanges(cursor, signal)).rejects.toMatchObject({
      code: "tracker_payload",
      retryable: true,
    });
  });

  it("R-307 R-308 a shard that never could be read is told and hides no other", async () => {
    const { tracker, save } = await shardsOf({ "a.md": shard("A"), "b.md": "### B\0" });
    const { cursor, ...changes } = await tracker.fetchChanges(null, signal);
    expect(changes).toMatchObject({
      kind: "full",
      issues: [{ title: "A" }],
      problems: [{ message: expect.stringContaining("roadmap.d/b.md holds NUL bytes") }],
    });
    await expect(tracker.fetchIssuesByIds(["b-x"], signal)).rejects.toMatchObject({
      code: "tracker_payload",
    });
    await save("b.md", shard("B"));
    await tracker.fetchChanges(cursor, signal);
    await save("b.md", "### B\0");
    await expect(tracker.fetchChanges(cursor, signal)).rejects.toMatchObject({
      code: "tracker_payload",
    });
  });

  it("tells of front matter that says nothing useful, and reads the feature all the same", async () => {
    const { tracker } = await shardsOf({
      "_meta.md": "---\nmilestones: One\n---\n",
      "a.md": shard("A", "order: first"),
      "b.md": shard("B", "milestone: [One"),
      "c.md": "---\nslug: c\n---\n",
    });
    const changes = await tracker.fetchChanges(null, signal);
    if (changes.kind !== "full") throw new Error(changes.kind);
    expect(titles(changes.issues)).toEqual(["A", "B"]);
    expect(changes.problems?.map(({ where, message }) => [where, message])).toEqual([
      ["docs/roadmap.d/_meta.md:1", expect.stringContaining("not a list")],
      ["docs/roadmap.d/a.md:1", expect.stringContaining('order: "first"')],
      ["docs/roadmap.d/b.md:2", expect.stringContaining("cannot be read")],
      ["docs/roadmap.d/c.md:1", "this shard has no feature"],
    ]);
  });

  it("knows a shard by its slug as a blocker, and tells of one title in two files", async () => {
    const { tracker } = await shardsOf({
      "a.md": shard("A", "slug: heights-7"),
      "b.md": shard("B", "", "- **Blockers:** heights-7\n"),
      "c.md": shard("A"),
    });
    const changes = await tracker.fetchChanges(null, signal);
    if (changes.kind !== "full") throw new Error(changes.kind);
    const issues = new Map(changes.issues.map((issue) => [issue.title, issue]));
    expect(issues.get("B")?.blockedBy).toMatchObject([{ state: "planned" }]);
    expect(changes.problems).toMatchObject([
      { message: expect.stringContaining("on docs/roadmap.d/") },
    ]);
  });

  it("keeps the ids where one file is split up while the tracker runs", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "docs"));
    const text = "## M\n\n### A\n- **Status:** planned\n\n### B\n- **Status:** done\n";
    await writeFile(join(folder, "docs", "roadmap.md"), text);
    const tracker = new RoadmapTrackerAdapter({}, { folder });
    const [a] = await tracker.fetchIssuesByStates(["planned"], signal);
    await mkdir(join(folder, "docs", "roadmap.d"));
    await writeFile(join(folder, "docs", "roadmap.d", "a.md"), shard("A", "milestone: M"));
    const [moved] = await tracker.fetchIssuesByStates(["planned"], signal);
    expect(moved).toMatchObject({ id: a?.id, nativeRef: { file: "docs/roadmap.d/a.md" } });
  });
});
