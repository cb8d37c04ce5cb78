import { execFile } from "node:child_process";
import { link, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { isAlive } from "@signalbox/process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callAll } from "./__fixtures__/calls.ts";

let folder: string;
let cwd: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-acp-")));
  cwd = join(folder, "workspace");
  await mkdir(cwd);
});
afterEach(async () => rm(folder, { recursive: true, maxRetries: 5 }));

const refusal = (message: RegExp): unknown => ({
  code: -32_602,
  message: expect.stringMatching(message),
});

describe("files that the agent reads and writes by us", () => {
  it("are those of the workspace", async () => {
    await writeFile(join(cwd, "a.txt"), "one\ntwo\nthree\nfour");
    const { answers } = await callAll(
      [
        ["fs/read_text_file", { path: join(cwd, "a.txt"), line: 2, limit: 2 }],
        ["fs/write_text_file", { path: join(cwd, "new/b.txt"), content: "hello" }],
        ["fs/write_text_file", { path: join(cwd, "a.txt"), content: "short" }],
        ["fs/read_text_file", { path: join(cwd, "missing") }],
      ],
      { cwd },
    );
    expect(answers).toEqual([
      { content: "two\nthree" },
      {},
      {},
      { code: -32_002, message: expect.stringContaining("missing") },
    ]);
    expect(await readFile(join(cwd, "new/b.txt"), "utf8")).toBe("hello");
    expect(await readFile(join(cwd, "a.txt"), "utf8")).toBe("short");
  });

  it("are never outside of it, by dots, links or other names, nor the repository's own", async () => {
    const outside = join(folder, "secret");
    await writeFile(outside, "secret");
    await symlink(outside, join(cwd, "link"));
    await symlink(folder, join(cwd, "up"));
    await symlink(join(folder, "nothing"), join(cwd, "dangling"));
    await mkdir(join(cwd, ".git"));
    await promisify(execFile)("mkfifo", [join(cwd, "pipe")]);
    const paths = ["../secret", "link", "up/secret", "up/new", "dangling", "pipe", outside, "a\0"];
    const { answers } = await callAll(
      [
        ...paths.map((path) => ["fs/read_text_file", { path }] as const),
        ...[...paths, ".git/hooks/pre-commit", ".GIT/config"].map(
          (path) => ["fs/write_text_file", { path, content: "changed" }] as const,
        ),
      ],
      { cwd },
    );
    const count = answers.length;
    expect(answers).toEqual(
      Array.from({ length: count }, () => refusal(/outside|nothing|regular|NUL|must not|opened/)),
    );
    expect(count).toBe(2 * paths.length + 2);
    expect(await readFile(outside, "utf8")).toBe("secret");
  });

  it("break with another name of the same file instead of changing it", async () => {
    await writeFile(join(folder, "secret"), "secret");
    await link(join(folder, "secret"), join(cwd, "other-name"));
    await callAll([["fs/write_text_file", { path: "other-name", content: "changed" }]], { cwd });
    expect(await readFile(join(folder, "secret"), "utf8")).toBe("secret");
    expect(await readFile(join(cwd, "other-name"), "utf8")).toBe("changed");
  });

  it("are not written in a run that may only read", async () => {
    const { answers } = await callAll(
      [
        ["fs/write_text_file", { path: "a.txt", content: "changed" }],
        ["terminal/create", { command: "touch", args: ["a.txt"] }],
      ],
      { cwd },
      { permissions: "read-only" },
    );
    expect(answers).toEqual([refusal(/only read/), refusal(/only read/)]);
  });
});

describe("terminals", () => {
  it("run in the workspace, without the agent's login, and tell their end", async () => {
    const { answers } = await callAll(
      [
        [
          "terminal/create",
          { command: "pwd; echo key=$API_KEY mine=$MINE", env: [{ name: "MINE", value: "1" }] },
        ],
        ["terminal/wait_for_exit", { terminalId: "TERMINAL" }],
        ["terminal/output", { terminalId: "TERMINAL" }],
        ["terminal/release", { terminalId: "TERMINAL" }],
        ["terminal/output", { terminalId: "TERMINAL" }],
      ],
      { cwd },
      { env: { API_KEY: "sk-0123456789" } },
    );
    expect(answers.slice(1)).toEqual([
      { exitCode: 0, signal: null },
      {
        output: `${cwd}\nkey= mine=1\n`,
        truncated: false,
        exitStatus: { exitCode: 0, signal: null },
      },
      {},
      refusal(/no such terminal/),
    ]);
  });

  it("keep the end of a long output, cut between two characters", async () => {
    const { answers } = await callAll(
      [
        [
          "terminal/create",
          { command: "sh", args: ["-c", "yes ä | head -c 3000000"], outputByteLimit: 100 },
        ],
        ["terminal/wait_for_exit", { terminalId: "TERMINAL" }],
        ["terminal/output", { terminalId: "TERMINAL" }],
      ],
      { cwd },
    );
    const { output, truncated } = answers[2] as { output: string; truncated: boolean };
    expect(truncated).toBe(true);
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(100);
    expect(output).toMatch(/^[ä\n]+$/);
  });

  it("R-514 end with the session, and cannot start outside of the workspace", async () => {
    const { answers } = await callAll(
      [
        ["terminal/create", { command: "echo $$ > pid; exec sleep 60" }],
        ["terminal/create", { command: "true", cwd: folder }],
        ["terminal/create", { command: "no-such-program" }],
        ["terminal/create", { command: "until test -s pid; do sleep 0.01; done" }],
        ["terminal/wait_for_exit", { terminalId: "TERMINAL" }],
      ],
      { cwd },
    );
    expect(answers.slice(1, 3)).toEqual([refusal(/outside/), refusal(/no such program/)]);
    expect(isAlive(Number(await readFile(join(cwd, "pid"), "utf8")), null)).toBe(false);
  });

  it("can be killed, and are bounded in number", async () => {
    const sleeping = ["terminal/create", { command: "sleep", args: ["60"] }] as const;
    const { answers } = await callAll(
      [
        ...Array.from({ length: 33 }, () => sleeping),
        ["terminal/kill", { terminalId: "TERMINAL" }],
        ["terminal/output", { terminalId: "TERMINAL" }],
      ],
      { cwd },
    );
    expect(answers[32]).toEqual(refusal(/32 terminals/));
    expect(answers[34]).toMatchObject({ exitStatus: { signal: "SIGTERM" } });
  });
});

describe("other requests", () => {
  it("R-508 R-509 unknown ones are refused, and the turn goes on", async () => {
    const { answers } = await callAll(
      [
        ["no/such_method", {}],
        ["fs/read_text_file", { path: 1 }],
        ["terminal/output", { terminalId: "nobody's" }],
      ],
      { cwd },
    );
    expect(answers).toMatchObject([{ code: -32_601 }, { code: -32_602 }, { code: -32_602 }]);
  });
});
