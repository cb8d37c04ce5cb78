import { execFile } from "node:child_process";
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roadmapTexts } from "./__fixtures__/roadmap-texts.ts";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { RoadmapTrackerAdapter } from "./index.ts";
import { planTransition } from "./plan-transition.ts";
import { readRoadmap } from "./read-roadmap.ts";
import { takeFileLock } from "./file-lock.ts";
import { updateFile } from "./write-file.ts";

const { signal } = new AbortController();
const states = ["planned", "in-progress", "done", "needs-human", "Waiting for sign-off"];

describe("R-327 a write changes exactly the bytes of the Status value", () => {
  it("in any file, for any feature; and writing the old value again restores the file", () => {
    fc.assert(
      fc.property(roadmapTexts, fc.nat(), fc.constantFrom(...states), (text, pick, to) => {
        const roadmap = readRoadmap(text, "r.md");
        const issues = roadmap.issues.filter((issue) => issue !== null);
        const issue = issues[pick % issues.length];
        if (issue === undefined) return;
        const place = roadmap.scan.features[roadmap.issues.indexOf(issue)];
        const value = place?.feature.statusField;
        if (place === undefined || !value) throw new Error("no status field");
        const reread = (next: string) => readRoadmap(next, "r.md", roadmap);
        const order = { from: null, to, key: "k" };
        const plan = planTransition({ roadmap, text, reread }, issue.id, order);
        const isThere = issue.state.toLowerCase() === to.toLowerCase();
        expect(plan.kind === "answer" ? plan.result.kind : "written").toBe(
          isThere ? "confirmed" : "written",
        );
        if (plan.kind === "answer") return;
        const from = Buffer.byteLength(text.slice(0, place.start + value.start));
        const until = Buffer.byteLength(text.slice(place.start + value.end));
        const before = Buffer.from(text);
        const after = Buffer.from(plan.text);
        expect(after.subarray(0, from)).toEqual(before.subarray(0, from));
        expect(after.subarray(from, after.length - until).toString()).toBe(to);
        expect(after.subarray(after.length - until)).toEqual(
          before.subarray(before.length - until),
        );
        const others = plan.next.issues.filter((other) => other?.id !== issue.id);
        expect(others.map((other) => other?.state)).toEqual(
          roadmap.issues.filter((other) => other?.id !== issue.id).map((other) => other?.state),
        );
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [
      "a byte order mark and CRLF",
      "\uFEFF# R\r\n\r\n### A\r\n- **Status:** planned \r\n<!-- x -->\r\n",
    ],
    ["no newline at the end", "### A\n- **Status:** planned"],
    ["a comment behind the value", "### A\n- **Status:**  planned <!-- ask first -->\n"],
    [
      "mixed line ends and odd white space",
      "### A\r\n\n\t\n- **Status:**\tplanned\t\r\nrest\u00a0 \n",
    ],
  ])("keeps %s", async (_, text) => {
    const folder = await temporaryFolder();
    const path = join(folder, "roadmap.md");
    await writeFile(path, text);
    const tracker = new RoadmapTrackerAdapter({ path }, { folder });
    const [a] = await tracker.fetchIssuesByStates(["planned"], signal);
    for (const to of ["done", "planned"]) {
      const order = { from: null, to, key: to };
      expect(await tracker.transition(a?.id ?? "", order, signal)).toMatchObject({
        kind: "confirmed",
      });
      expect(await readFile(path, "utf8")).toBe(text.replace("planned", to));
    }
  });

  it("keeps the mode and the symbolic link, and leaves nothing beside the file", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "real"));
    const path = join(folder, "real", "roadmap.md");
    await writeFile(path, "### A\n- **Status:** planned\n");
    await chmod(path, 0o666);
    await symlink(path, join(folder, "link.md"));
    await writeFile(join(folder, "real", ".roadmap.md.signalbox-tmp"), "left by a crash");
    const tracker = new RoadmapTrackerAdapter({ path: "link.md" }, { folder });
    const [a] = await tracker.fetchIssuesByStates(["planned"], signal);
    await tracker.transition(a?.id ?? "", { from: null, to: "done", key: "k" }, signal);
    expect((await stat(path)).mode & 0o777).toBe(0o666);
    expect((await lstat(join(folder, "link.md"))).isSymbolicLink()).toBe(true);
    expect(await readdir(join(folder, "real"))).toEqual(["roadmap.md"]);
  });
});

describe("R-328 writers lose no update", () => {
  it("of four processes that move features of one file", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "roadmap.md");
    const titles = Array.from({ length: 40 }, (_, n) => `F ${n}`);
    await writeFile(
      path,
      titles.map((title) => `### ${title}\n- **Status:** planned\n\n`).join(""),
    );
    const program = fileURLToPath(new URL("__fixtures__/move-features.ts", import.meta.url));
    await Promise.all(
      [0, 1, 2, 3].map((writer) =>
        promisify(execFile)(process.execPath, [
          "--conditions=@signalbox/source",
          program,
          path,
          "done",
          ...titles.filter((_, n) => n % 4 === writer),
        ]),
      ),
    );
    expect(await readFile(path, "utf8")).toBe(
      titles.map((title) => `### ${title}\n- **Status:** done\n\n`).join(""),
    );
    expect(await readdir(folder)).toEqual(["roadmap.md"]);
  });

  it("of calls in one process", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "roadmap.md");
    const text = Array.from({ length: 20 }, (_, n) => `### F ${n}\n- **Status:** planned\n`).join(
      "",
    );
    await writeFile(path, text);
    const one = new RoadmapTrackerAdapter({ path }, { folder });
    const other = new RoadmapTrackerAdapter({ path }, { folder });
    const issues = await one.fetchIssuesByStates(["planned"], signal);
    await Promise.all(
      issues.map(({ id }, n) =>
        (n % 2 ? one : other).transition(id, { from: "planned", to: "done", key: id }, signal),
      ),
    );
    expect(await readFile(path, "utf8")).toBe(text.replaceAll("planned", "done"));
  });

  it("of an editor that takes no lock: the change is made again on its text", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "roadmap.md");
    await writeFile(path, "one");
    const seen: string[] = [];
    let foreign: Promise<void> = Promise.resolve();
    const change = (text: string): string => {
      seen.push(text);
      if (seen.length === 1) foreign = writeFile(path, "one, edited");
      return `${text}!`;
    };
    await updateFile({ path, name: "x", change }, signal);
    await foreign;
    expect(seen).toEqual(["one", "one, edited"]);
    expect(await readFile(path, "utf8")).toBe("one, edited!");
  });

  it("gives up, to be tried again, where others never stop", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "roadmap.md");
    await writeFile(path, "0");
    let count = 0;
    let foreign: Promise<void> = Promise.resolve();
    const change = (): string => {
      count += 1;
      foreign = writeFile(path, `${count}`);
      return "mine";
    };
    await expect(updateFile({ path, name: "x", change }, signal)).rejects.toMatchObject({
      code: "tracker_transport",
      retryable: true,
    });
    await foreign;
    expect(await readdir(folder)).toEqual(["roadmap.md"]);
  });

  it("stops waiting for a lock when it is aborted, and writes nothing", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "roadmap.md");
    await writeFile(path, "### A\n- **Status:** planned\n");
    const held = await takeFileLock(`${path}.lock`);
    const tracker = new RoadmapTrackerAdapter({ path }, { folder });
    const [a] = await tracker.fetchIssuesByStates(["planned"], signal);
    const order = { from: null, to: "done", key: "k" };
    const stop = new AbortController();
    const move = tracker.transition(a?.id ?? "", order, stop.signal);
    setImmediate(() => stop.abort(new Error("enough")));
    await expect(move).rejects.toThrow("enough");
    expect(await readFile(path, "utf8")).toContain("planned");
    await held?.release();
  });
});
