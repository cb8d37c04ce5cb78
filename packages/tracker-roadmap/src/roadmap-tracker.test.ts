import { readFileSync, writeFileSync } from "node:fs";
import {
  cp,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import type { Issue, TransitionResult } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { RoadmapTrackerAdapter } from "./index.ts";

const { signal } = new AbortController();

const feature = (title: string, status = "planned", more = ""): string =>
  `### ${title}\n\n- **Status:** ${status}\n${more}\n`;

const many = (state: string): string =>
  Array.from({ length: 1500 }, (_, n) => feature(`F ${n}`, state)).join("");

const failureOf = async (path: string, folder: string): Promise<unknown> =>
  new RoadmapTrackerAdapter({ path }, { folder })
    .fetchChanges(null, signal)
    .catch((error: unknown) => error);

async function trackerOf(text: string): Promise<{
  readonly tracker: RoadmapTrackerAdapter;
  readonly folder: string;
  readonly path: string;
  readonly save: (next: string) => Promise<void>;
}> {
  const folder = await temporaryFolder();
  const path = join(folder, "docs", "roadmap.md");
  await mkdir(join(folder, "docs"));
  await writeFile(path, text);
  const tracker = new RoadmapTrackerAdapter({}, { folder });
  const save = async (next: string): Promise<void> => {
    await writeFile(`${path}.new`, next);
    await rename(`${path}.new`, path);
  };
  return { tracker, folder, path, save };
}

const titles = (issues: readonly Issue[]): readonly string[] => issues.map(({ title }) => title);

describe("reading", () => {
  it("R-320 a file that is empty for a moment fails the call: its features are not gone", async () => {
    const { tracker, save } = await trackerOf(feature("A"));
    const [issue] = await tracker.fetchIssuesByStates(["planned"], signal);
    const before = await tracker.fetchChanges(null, signal);
    await save("");
    const failure = { code: "tracker_payload", retryable: true };
    await expect(tracker.fetchChanges(before.cursor, signal)).rejects.toMatchObject(failure);
    await expect(tracker.fetchIssuesByIds([issue?.id ?? ""], signal)).rejects.toMatchObject(
      failure,
    );
    await save(feature("A"));
    expect(await tracker.fetchIssuesByIds([issue?.id ?? ""], signal)).toEqual([issue]);
  });

  it("R-301 R-304 lists the features of the given states, in the order of the file", async () => {
    const { tracker } = await trackerOf(
      feature("A") +
        feature("B", "In progress — half") +
        feature("C", "done") +
        feature("D", "Odd"),
    );
    const listed = await tracker.fetchIssuesByStates([" Planned", "IN-PROGRESS", "odd"], signal);
    expect(titles(listed)).toEqual(["A", "B", "D"]);
  });

  it("R-302 R-303 does not touch the file when nothing is asked for", async () => {
    const tracker = new RoadmapTrackerAdapter({ path: "missing.md" }, { folder: "/nowhere" });
    expect(await tracker.fetchIssuesByStates([], signal)).toEqual([]);
    expect(await tracker.fetchIssuesByIds([], signal)).toEqual([]);
  });

  it("R-309 R-318 gives each asked feature once, in full, and leaves out what is not there", async () => {
    const { tracker } = await trackerOf(
      Array.from({ length: 101 }, (_, n) => feature(`F ${n}`)).join(""),
    );
    const all = await tracker.fetchIssuesByStates(["planned"], signal);
    const ids = all.map(({ id }) => id);
    expect(await tracker.fetchIssuesByIds([...ids, ...ids, "gone-00000000"], signal)).toEqual(all);
    expect(all).toHaveLength(101);
  });

  it("R-308 fails where an asked feature has no usable status", async () => {
    const { tracker, save } = await trackerOf(feature("A") + feature("B"));
    const [a, b] = await tracker.fetchIssuesByStates(["planned"], signal);
    await save(feature("A") + feature("B", ""));
    expect(titles(await tracker.fetchIssuesByIds([a?.id ?? ""], signal))).toEqual(["A"]);
    await expect(tracker.fetchIssuesByIds([b?.id ?? ""], signal)).rejects.toMatchObject({
      code: "tracker_payload",
      message: 'the Status of "B" (docs/roadmap.md:5) is missing or empty',
    });
  });

  it("tells what changed since a cursor, issues with a changed blocker included", async () => {
    const blocked = feature("B", "planned", "- **Blockers:** A\n");
    const { tracker, save } = await trackerOf(feature("A") + blocked + feature("C") + feature("D"));
    const first = await tracker.fetchChanges(null, signal);
    expect(first).toMatchObject({ kind: "full", issues: [{}, {}, {}, {}], problems: [] });
    expect((await tracker.fetchChanges(first.cursor, signal)).kind).toBe("unchanged");

    await save(`# Roadmap\n\n${feature("A", "done")}${blocked}${feature("C")}### X\n`);
    const next = await tracker.fetchChanges(first.cursor, signal);
    expect(next).toMatchObject({
      kind: "changes",
      issues: [{ title: "A" }, { title: "B", blockedBy: [{ state: "done" }] }],
      removedIds: [expect.stringMatching(/^d-/)],
      problems: [{ where: "docs/roadmap.md:16" }],
    });
    expect((await tracker.fetchChanges(next.cursor, signal)).kind).toBe("unchanged");
    expect((await tracker.fetchChanges(first.cursor, signal)).kind).toBe("full");
    expect((await tracker.fetchChanges("of another life", signal)).kind).toBe("full");
  });

  it("a reading in between does not swallow a change", async () => {
    const { tracker, save } = await trackerOf(feature("A") + feature("B"));
    const { cursor } = await tracker.fetchChanges(null, signal);
    await save(feature("A", "done") + feature("B"));
    expect(titles(await tracker.fetchIssuesByStates(["done"], signal))).toEqual(["A"]);
    expect(await tracker.fetchChanges(cursor, signal)).toMatchObject({ issues: [{ title: "A" }] });
  });

  it("answers with everything where most of a large file changed", async () => {
    const { tracker, save } = await trackerOf(many("planned"));
    const { cursor } = await tracker.fetchChanges(null, signal);
    await save(many("done"));
    expect(await tracker.fetchChanges(cursor, signal)).toMatchObject({ kind: "full" });
  });

  it("sees a change that leaves size and modification time as they were", async () => {
    const { tracker, path } = await trackerOf(feature("A", "planned"));
    const when = new Date("2026-01-01T00:00:00Z");
    await utimes(path, when, when);
    expect(await tracker.fetchIssuesByStates(["planned"], signal)).toHaveLength(1);
    await writeFile(path, feature("A", "blocked"));
    await utimes(path, when, when);
    expect(await tracker.fetchIssuesByStates(["planned"], signal)).toEqual([]);
  });

  it("does not take a save that is under way for a roadmap without features", async () => {
    const { tracker, path } = await trackerOf(feature("A") + feature("B"));
    const { cursor } = await tracker.fetchChanges(null, signal);
    // An editor that empties the file, and writes it a little later.
    writeFileSync(path, "");
    setTimeout(() => writeFileSync(path, feature("A") + feature("B", "done")), 5);
    expect(await tracker.fetchChanges(cursor, signal)).toMatchObject({
      kind: "changes",
      issues: [{ title: "B" }],
      removedIds: [],
    });
  });

  it("describes its scope by the real path, and the states that the format and the file know", async () => {
    const { tracker, folder, path } = await trackerOf(feature("A", "Decision pending"));
    await symlink(path, join(folder, "link.md"));
    const linked = new RoadmapTrackerAdapter({ path: "link.md" }, { folder });
    expect((await linked.describe(signal)).scope).toBe(path);
    const named = new RoadmapTrackerAdapter({ path, scope: "product" }, { folder: "/" });
    expect((await named.describe(signal)).scope).toBe("product");
    expect((await linked.describe(signal)).files).toContain(path);
    const { states } = await tracker.describe(signal);
    expect(states).toContainEqual({ name: "in-progress", kind: "started" });
    expect(states).toContainEqual({ name: "Decision pending", kind: null });
  });

  it("an aborted call rejects with the signal's reason", async () => {
    const { tracker } = await trackerOf(feature("A"));
    const aborted = AbortSignal.abort(new Error("enough"));
    const order = { from: null, to: "done", key: "k" };
    await expect(tracker.fetchIssuesByStates(["planned"], aborted)).rejects.toThrow("enough");
    await expect(tracker.fetchIssuesByIds(["a"], aborted)).rejects.toThrow("enough");
    await expect(tracker.fetchChanges(null, aborted)).rejects.toThrow("enough");
    await expect(tracker.transition("a", order, aborted)).rejects.toThrow("enough");
    await expect(tracker.describe(aborted)).rejects.toThrow("enough");
  });
});

describe("R-314 a file that cannot be read", () => {
  it.each([
    ["is missing", async () => {}, "tracker_config", "does not exist"],
    ["is a folder", (path: string) => mkdir(path), "tracker_config", "is a folder"],
    [
      "is no regular file",
      (path: string) => symlink("/dev/zero", path),
      "tracker_config",
      "is not a regular file",
    ],
    [
      "is a link to itself",
      (path: string) => symlink(path, path),
      "tracker_config",
      "leads to itself",
    ],
    [
      "is 50 MB large",
      async (path: string) => {
        await writeFile(path, "x");
        await truncate(path, 50 * 1024 * 1024 + 1);
      },
      "tracker_payload",
      "more than",
    ],
    [
      "has NUL bytes",
      (path: string) => writeFile(path, feature("A\0")),
      "tracker_payload",
      "NUL bytes",
    ],
    [
      "is UTF-16",
      (path: string) => writeFile(path, feature("A"), "utf16le"),
      "tracker_payload",
      "UTF-16",
    ],
    [
      "is Latin-1",
      (path: string) => writeFile(path, feature("é"), "latin1"),
      "tracker_payload",
      "not valid UTF-8",
    ],
  ])("%s", async (_, prepare, code, words) => {
    const folder = await temporaryFolder();
    await prepare(join(folder, "roadmap.md"));
    const error = await failureOf("roadmap.md", folder);
    expect(SignalboxError.isInstance(error) && error).toMatchObject({
      code,
      message: expect.stringContaining(words),
      remedy: expect.any(String),
    });
    expect(error).toMatchObject({ message: expect.stringContaining("roadmap.md") });
  });

  it("R-320 vanishes, which is an error and no issue gone, and comes back", async () => {
    const { tracker, path } = await trackerOf(feature("A"));
    const { cursor } = await tracker.fetchChanges(null, signal);
    await rename(path, `${path}.away`);
    await expect(tracker.fetchChanges(cursor, signal)).rejects.toMatchObject({
      code: "tracker_config",
    });
    await rename(`${path}.away`, path);
    expect((await tracker.fetchChanges(cursor, signal)).kind).toBe("unchanged");
  });
});

describe("moving an issue", () => {
  it("R-323 writes, reads back and confirms; repeated, it confirms and writes nothing", async () => {
    const { tracker, path } = await trackerOf(feature("A") + feature("B"));
    const [, b] = await tracker.fetchIssuesByStates(["planned"], signal);
    const move = (from: string | null, to: string): Promise<TransitionResult> =>
      tracker.transition(b?.id ?? "", { from, to, key: "run-1/running" }, signal);
    expect(await move("Planned", "in-progress")).toMatchObject({
      kind: "confirmed",
      issue: { title: "B", state: "in-progress", stateKind: "started" },
    });
    const text = await readFile(path, "utf8");
    expect(text).toBe(feature("A") + feature("B", "in-progress"));
    expect(await move("planned", "In Progress")).toMatchObject({ kind: "confirmed" });
    expect(await readFile(path, "utf8")).toBe(text);
  });

  it("tells of a conflict and writes nothing", async () => {
    const { tracker, path, save } = await trackerOf(feature("A"));
    const [a] = await tracker.fetchIssuesByStates(["planned"], signal);
    await save(feature("A", "blocked — by review"));
    const order = { from: "planned", to: "done", key: "k" };
    expect(await tracker.transition(a?.id ?? "", order, signal)).toMatchObject({
      kind: "conflict",
      issue: { state: "blocked" },
    });
    expect(await readFile(path, "utf8")).toBe(feature("A", "blocked — by review"));
  });

  it.each(["", "—", "none", "two\nlines", "<!-- x -->", "a\n### B"])(
    "R-323 rejects the state %j, which the file would not read back",
    async (to) => {
      const { tracker, path } = await trackerOf(feature("A"));
      const [a] = await tracker.fetchIssuesByStates(["planned"], signal);
      const result = await tracker.transition(a?.id ?? "", { from: null, to, key: "k" }, signal);
      expect(result).toMatchObject({ kind: "rejected", reason: expect.any(String) });
      expect(await readFile(path, "utf8")).toBe(feature("A"));
    },
  );

  it.each([
    ["rejected", feature("A", ""), { reason: expect.stringContaining("missing or empty") }],
    ["conflict", feature("A", "blocked"), { issue: { state: "blocked" } }],
  ])(
    "R-323 answers %s where the file does not say the state after the write",
    async (kind, next, what) => {
      const { path, folder } = await trackerOf(feature("A"));
      const written: string[] = [];
      // Told, between the write and the look at it, that there is no repository to commit to.
      const log = (): void => {
        written.push(readFileSync(path, "utf8"));
        writeFileSync(path, next);
      };
      const tracker = new RoadmapTrackerAdapter({ commit: true }, { folder, logger: { log } });
      const [a] = await tracker.fetchIssuesByStates(["planned"], signal);
      const result = await tracker.transition(
        a?.id ?? "",
        { from: null, to: "done", key: "k" },
        signal,
      );
      expect(written).toEqual([feature("A", "done")]);
      expect(result).toMatchObject({ kind, ...what });
    },
  );

  it("rejects a move of a feature whose status cannot be read, and fails for one that is gone", async () => {
    const { tracker, save } = await trackerOf(feature("A"));
    const [a] = await tracker.fetchIssuesByStates(["planned"], signal);
    const order = { from: null, to: "done", key: "k" };
    await save("### A\n");
    expect(await tracker.transition(a?.id ?? "", order, signal)).toMatchObject({
      kind: "rejected",
      reason: 'the Status of "A" (docs/roadmap.md:1) is missing or empty',
    });
    await save(feature("B"));
    await expect(tracker.transition(a?.id ?? "", order, signal)).rejects.toMatchObject({
      code: "tracker_status",
    });
  });

  it("goes on after a move that failed", async () => {
    const { tracker } = await trackerOf(feature("A"));
    const [a] = await tracker.fetchIssuesByStates(["planned"], signal);
    const order = { from: null, to: "done", key: "k" };
    const gone = tracker.transition("gone", order, signal);
    const moved = tracker.transition(a?.id ?? "", order, signal);
    await expect(gone).rejects.toMatchObject({ code: "tracker_status" });
    expect(await moved).toMatchObject({ kind: "confirmed" });
  });

  it("is seen by the next look as the one change", async () => {
    const { tracker } = await trackerOf(feature("A") + feature("B"));
    const { cursor } = await tracker.fetchChanges(null, signal);
    const [a] = await tracker.fetchIssuesByStates(["planned"], signal);
    await tracker.transition(a?.id ?? "", { from: null, to: "done", key: "k" }, signal);
    expect(await tracker.fetchChanges(cursor, signal)).toMatchObject({
      kind: "changes",
      issues: [{ title: "A", state: "done" }],
    });
  });

  it("fails with a remedy where the file is gone or may not be written", async () => {
    const { tracker, path } = await trackerOf(feature("A"));
    await rm(path);
    const order = { from: null, to: "done", key: "k" };
    await expect(tracker.transition("a", order, signal)).rejects.toMatchObject({
      code: "tracker_config",
      remedy: expect.any(String),
    });
  });
});

describe("the README", () => {
  it("shows an example that works", async () => {
    const folder = await temporaryFolder();
    await cp(new URL("__fixtures__/roadmap.md", import.meta.url), join(folder, "roadmap.md"));
    const tracker = new RoadmapTrackerAdapter({ path: "roadmap.md" }, { folder });
    const [issue] = await tracker.fetchIssuesByStates(["planned"], signal);
    if (issue === undefined) throw new Error("nothing is planned");
    const result = await tracker.transition(
      issue.id,
      { from: "planned", to: "in-progress", key: "run-1" },
      signal,
    );
    expect([issue.identifier, issue.priority, result.kind]).toEqual([
      "predict-heights",
      2,
      "confirmed",
    ]);
  });
});
