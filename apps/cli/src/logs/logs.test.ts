import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Scratch } from "../__fixtures__/scratch.ts";
import { lastLines, linesFrom, type FileLine } from "./line-file.ts";
import { clipProtocol, entryLines, transcriptEntry } from "./transcript-entry.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "signalbox-logs-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function lines(text: string | Buffer, count: number): Promise<readonly FileLine[]> {
  const path = join(folder, "file");
  await writeFile(path, text);
  await using file = await open(path, "r");
  const { from } = await lastLines(file, count);
  const found: FileLine[] = [];
  for await (const { line } of linesFrom(file, from)) found.push(line);
  return found;
}

describe("the lines of a file", () => {
  it.each([
    ["", 5, []],
    ["one", 5, []],
    ["one\n", 5, ["one"]],
    ["one\ntwo\nthree\n", 2, ["two", "three"]],
    ["one\ntwo\nhalf", 1, ["two"]],
    ["one\ntwo\n", 0, []],
    ["\n\n\n", 2, ["", ""]],
  ])("%j, the last %d: %j", async (text, count, expected) => {
    expect(await lines(text, count)).toEqual(expected);
  });

  it("are found over block boundaries, whole and in order", async () => {
    const all = Array.from({ length: 5_000 }, (_, at) => `${at} ${"é".repeat(at % 97)}`);
    const text = `${all.join("\n")}\n`;
    expect(await lines(text, Infinity)).toEqual(all);
    for (const count of [1, 999, 4_999, 5_000, 5_001]) {
      expect(await lines(text, count)).toEqual(all.slice(-count));
    }
  });

  it("are counted where they are too long to be held", async () => {
    const bytes = 3 * 1024 * 1024;
    const text = Buffer.concat([
      Buffer.from("a\n"),
      Buffer.alloc(bytes, "x"),
      Buffer.from("\nb\n"),
    ]);
    expect(await lines(text, Infinity)).toEqual(["a", { bytes }, "b"]);
  });
});

const plain = (_tone: string, text: string): string => text;

describe("a line of a transcript", () => {
  it("R-612 is printed without control bytes, its indents kept", () => {
    const text = "\u001B]0;owned\u0007if x:\r\n\treturn \u001B[31mred\u001B[0m\u202E\n";
    const line = JSON.stringify({ at: 0, source: "agent", text });
    const [first, second, ...others] = entryLines(transcriptEntry("run-1", line), plain);
    expect(first).toMatch(/^\d\d:00:00 agent {5}if x:$/);
    expect(second).toBe(`${" ".repeat(19)}    return red`);
    expect(others).toEqual([]);
  });

  it("is cut where an agent's line is very long, and nowhere else", () => {
    const text = `${"x".repeat(999)}🚂${"y".repeat(1_998)}\nshort`;
    const lineOf = (source: string): string => JSON.stringify({ at: 0, source, text });
    const shown = (source: string): readonly string[] =>
      entryLines(clipProtocol(transcriptEntry("run-1", lineOf(source))), plain);
    const [long, short] = shown("agent");
    expect(long).toMatch(/ x{999}… \(1,999 more characters: --raw has them\)$/);
    expect(short).toMatch(/^ +short$/);
    const [prompt] = shown("prompt");
    expect(prompt).toMatch(/🚂y{1998}$/);
  });

  it("is given as it is where it is damaged, and by its size where it is too long", () => {
    for (const line of ["{torn", "[]", '{"at":"x"}', "null"]) {
      expect(transcriptEntry("run-1", line)).toMatchObject({ source: "signalbox", text: line });
    }
    expect(transcriptEntry("run-1", { bytes: 9 }).text).toBe("A line of 9 bytes is left out.");
  });
});

const settings = `tracker:
  kind: roadmap
agent:
  backend: mock
backends:
  mock:
    script:
      - { kind: ask, question: "Which \\e[31mone?" }
      - { kind: succeed, say: "second run", files: { done.txt: done }, commit: Do it }
delivery:
  kind: merge
runner: inline
`;

describe("signalbox logs", () => {
  it("R-619 R-615 reads all runs of an issue, beside a daemon and without one", async () => {
    await using scratch = new Scratch(settings, ["One", "Two"]);
    expect((await scratch.run("logs", "one")).err).toContain("no daemon has run yet");
    const daemon = scratch.start("run");
    await daemon.said("parked: needs input");
    const follower = scratch.start("logs", "one", "--follow");
    await follower.said("Work on One.");
    await scratch.run("answer", "one", "The left one.");
    const followed = await follower.ended;
    expect(followed).toMatchObject({ status: 0, err: "one is released: delivered\n" });
    expect(followed.out).toMatch(
      /^── run-\d, attempt 1, [^]+prompt +Work on One\.[^]*\n── run-\d, attempt 2, [^]+The left one\.[^]+second run/,
    );
    expect(followed.out.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    daemon.child.kill("SIGKILL");
    await daemon.ended;
    const json = await scratch.run("logs", "one", "--json", "--lines", "all");
    const entries = json.out
      .trim()
      .split("\n")
      .map((line): { run_id: string; source: string } => JSON.parse(line));
    expect(entries.find(({ source }) => source === "prompt")).toEqual({
      run_id: expect.stringMatching(/^run-\d$/),
      at: expect.any(Number),
      source: "prompt",
      text: expect.stringContaining("Work on One."),
    });
    const runs = [...new Set(entries.map((entry) => entry.run_id))];
    expect(runs).toHaveLength(2);
    const one = await scratch.run("logs", "one", "--run", runs[1] ?? "", "--lines", "1", "--json");
    expect(JSON.parse(one.out)).toEqual(entries.at(-1));
    const other = await scratch.run("logs", "two", "--run", runs[0] ?? "");
    expect(other).toMatchObject({ status: 1, out: "" });
    expect(other.err).toContain(`${runs[0]} is no run of two\n  → Its runs are run-`);
  });

  it("takes nothing but the id of a run for one, and no number of lines but a number", async () => {
    await using scratch = new Scratch(settings, ["One"]);
    const daemon = scratch.start("run");
    await daemon.said("parked: needs input");
    for (const id of ["../../secret", "run-1/..", "RUN-1", "run-"]) {
      const { status, err } = await scratch.run("logs", "one", "--run", id);
      expect(status).toBe(1);
      expect(err).toContain("is not the id of a run");
    }
    expect(await scratch.run("logs", "one", "--lines", "few")).toMatchObject({ status: 2 });
    await rm(join(scratch.stateDir, "runs", "run-1"), { recursive: true });
    const gone = await scratch.run("logs", "one");
    expect(gone).toMatchObject({ status: 1, out: "" });
    expect(gone.err).toContain("the transcripts of one are not there any more");
  });
});
