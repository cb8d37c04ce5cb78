import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EditTool } from "./edit-tool.ts";
import { ToolFailure } from "./tool.ts";
import { WorkspaceFiles } from "./workspace-files.ts";

let root: string;
let work: string;
let files: WorkspaceFiles;

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "signalbox-files-")));
  work = join(root, "work");
  mkdirSync(join(work, ".git", "hooks"), { recursive: true });
  mkdirSync(join(work, "sub"));
  mkdirSync(join(work, "private"));
  mkdirSync(join(root, "work-beside"));
  writeFileSync(join(root, "secret"), "secret\n");
  writeFileSync(join(work, "a.txt"), "one\ntwo\nthree\n");
  files = await WorkspaceFiles.of(work, ["./private/", "sub/keys.txt"]);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("WorkspaceFiles", () => {
  it.each([
    "../secret",
    "sub/../../secret",
    "/etc/passwd",
    "../work-beside/x",
    "..",
    "link-out",
    "link-out-folder/secret",
    "link-out-folder/new/file",
    "link-to-nothing",
    "sub/link-up/secret",
    ".git",
    ".git/config",
    ".git/hooks/pre-commit",
    ".GIT/hooks/x",
    "sub/.git/config",
    "link-git/config",
    "private",
    "private/x",
    "PRIVATE/x",
    "link-private/x",
    "sub/keys.txt",
    "sub/../private/x",
    "a\0b",
    "a.txt/b",
  ])("R-508 leaves %j alone, also to read", async (path) => {
    symlinkSync(join(root, "secret"), join(work, "link-out"));
    symlinkSync(root, join(work, "link-out-folder"));
    symlinkSync(join(root, "missing"), join(work, "link-to-nothing"));
    symlinkSync("../..", join(work, "sub", "link-up"));
    symlinkSync(".git", join(work, "link-git"));
    symlinkSync("private", join(work, "link-private"));
    const edit = new EditTool(files, 50_000);
    const context = { signal: new AbortController().signal, onActivity: (): void => undefined };
    const create = edit.prepare({ command: "create", path, file_text: "pwned" });
    await expect(create.run(context)).rejects.toThrow(ToolFailure);
    const view = edit.prepare({ command: "view", path });
    await expect(view.run(context)).rejects.toThrow(ToolFailure);
    expect(readFileSync(join(root, "secret"), "utf8")).toBe("secret\n");
  });

  it.each(["a.txt", "./a.txt", "sub/../a.txt", "link-in"])("finds %j", async (path) => {
    symlinkSync("a.txt", join(work, "link-in"));
    expect(await files.read(await files.locate(path))).toBe("one\ntwo\nthree\n");
    expect(await files.read(await files.locate(join(work, path)))).toBe("one\ntwo\nthree\n");
  });

  it("takes paths by the name that the workspace was given", async () => {
    symlinkSync(work, join(root, "alias"));
    const alias = await WorkspaceFiles.of(join(root, "alias"), []);
    const place = await alias.locate(join(root, "alias", "a.txt"));
    expect(place).toEqual({ absolute: join(work, "a.txt"), relative: "a.txt" });
  });

  it("R-508 a hard link is replaced: the file behind it stays as it is", async () => {
    linkSync(join(root, "secret"), join(work, "hard"));
    await files.write(await files.locate("hard"), "new");
    expect(readFileSync(join(work, "hard"), "utf8")).toBe("new");
    expect(readFileSync(join(root, "secret"), "utf8")).toBe("secret\n");
  });

  it("keeps a file's mode, and makes folders", async () => {
    chmodSync(join(work, "a.txt"), 0o755);
    await files.write(await files.locate("a.txt"), "new");
    expect(statSync(join(work, "a.txt")).mode & 0o777).toBe(0o755);
    await files.write(await files.locate("new/deep/file"), "x");
    expect(readFileSync(join(work, "new", "deep", "file"), "utf8")).toBe("x");
  });

  it("neither waits for a pipe nor reads what is no text", async () => {
    execFileSync("mkfifo", [join(work, "pipe")]);
    await expect(files.read(await files.locate("pipe"))).rejects.toThrow("not a regular file");
    await expect(files.write(await files.locate("pipe"), "x")).rejects.toThrow("not a regular");
    writeFileSync(join(work, "image"), Buffer.from([0xff, 0xd8, 0xff]));
    await expect(files.read(await files.locate("image"))).rejects.toThrow("no UTF-8 text");
    writeFileSync(join(work, "huge"), Buffer.alloc(9 * 1024 * 1024));
    await expect(files.read(await files.locate("huge"))).rejects.toThrow("at most");
  });
});

describe("EditTool", () => {
  it("shows files with line numbers, parts of them, and folders", async () => {
    expect(await run({ command: "view", path: "a.txt" })).toBe("1\tone\n2\ttwo\n3\tthree\n4\t");
    expect(await run({ command: "view", path: "a.txt", view_range: [2, 3] })).toBe(
      "2\ttwo\n3\tthree",
    );
    expect(await run({ command: "view", path: "a.txt", view_range: [3, -1] })).toBe(
      "3\tthree\n4\t",
    );
    expect(await run({ command: "view", path: "a.txt" }, 5)).toContain("characters left out");
    expect((await run({ command: "view", path: "." })).split("\n").toSorted()).toEqual([
      "a.txt",
      "sub/",
    ]);
    await expect(run({ command: "view", path: "a.txt", view_range: [9, 10] })).rejects.toThrow(
      "1 to 4",
    );
    await expect(run({ command: "view", path: "b.txt" })).rejects.toThrow("There is no b.txt");
  });

  it("replaces what is there once, and inserts after a line", async () => {
    await run({ command: "str_replace", path: "a.txt", old_str: "two", new_str: "$& 2" });
    await run({ command: "insert", path: "a.txt", insert_line: 0, insert_text: "zero\n" });
    expect(readFileSync(join(work, "a.txt"), "utf8")).toBe("zero\none\n$& 2\nthree\n");
    const twice = { command: "str_replace", path: "a.txt", old_str: "o", new_str: "x" };
    await expect(run(twice)).rejects.toThrow("2 times");
    await expect(run({ ...twice, old_str: "nowhere" })).rejects.toThrow("is not in a.txt");
    await expect(run({ ...twice, old_str: "" })).rejects.toThrow("empty");
    const after = { command: "insert", path: "a.txt", insert_line: 99, insert_text: "x" };
    await expect(run(after)).rejects.toThrow("insert_line");
  });

  it("R-520 says what is wrong with an input", () => {
    const edit = new EditTool(files, 50_000);
    expect(() => edit.prepare({ command: "create", path: "a" })).toThrow("file_text");
    expect(() => edit.prepare({ command: "undo_edit", path: "a" })).toThrow("command");
    expect(() => edit.prepare("text")).toThrow("not right");
  });
});

async function run(input: object, maxCharacters = 50_000): Promise<string> {
  const context = { signal: new AbortController().signal, onActivity: (): void => undefined };
  return new EditTool(files, maxCharacters).prepare(input).run(context);
}
