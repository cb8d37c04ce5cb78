import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gitEnvironment } from "../index.ts";

const always = { LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_NO_REPLACE_OBJECTS: "1" };

describe("gitEnvironment", () => {
  it("strips what points git elsewhere or makes it run a program", () => {
    const from = {
      GIT_DIR: "x",
      GIT_WORK_TREE: "x",
      GIT_INDEX_FILE: "x",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "core.sshCommand",
      GIT_CONFIG_VALUE_0: "x",
      GIT_SSH_COMMAND: "x",
      GIT_EXEC_PATH: "x",
      GIT_EXTERNAL_DIFF: "x",
      GIT_ASKPASS: "x",
      git_editor: "x",
      EDITOR: "x",
      VISUAL: "x",
      PAGER: "x",
      PREFIX: "x",
      SSH_ASKPASS: "x",
    };
    expect(gitEnvironment(from)).toEqual(always);
  });

  it("keeps the rest, whom TLS trusts among it, and overrules language, prompts and replacements", () => {
    const rest = {
      PATH: "/bin",
      HOME: "/h",
      SSH_AUTH_SOCK: "/s",
      API_TOKEN: "t",
      GIT_SSL_CAINFO: "/c",
      GIT_SSL_CAPATH: "/d",
      EDITORS: "e",
    };
    const overruled = { LC_ALL: "de_DE", GIT_TERMINAL_PROMPT: "1", GIT_NO_REPLACE_OBJECTS: "0" };
    expect(gitEnvironment({ ...rest, ...overruled, TZ: undefined })).toEqual({
      ...rest,
      ...always,
    });
  });

  it("git follows it: to the repository of its folder, and to the objects that are there", () => {
    const folder = mkdtempSync(join(tmpdir(), "signalbox-git-"));
    try {
      const hostile = { ...process.env, GIT_DIR: join(folder, "elsewhere") };
      const git = (input: string, ...args: string[]): string => {
        const env = gitEnvironment(hostile);
        return execFileSync("git", args, { cwd: folder, env, input, encoding: "utf8" }).trim();
      };
      git("", "init", "--quiet");
      const real = git("real\n", "hash-object", "-w", "--stdin");
      const fake = git("fake\n", "hash-object", "-w", "--stdin");
      git("", "replace", real, fake);
      expect(git("", "cat-file", "-p", real)).toBe("real");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
