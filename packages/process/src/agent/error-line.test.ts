import { describe, expect, it } from "vitest";
import { errorLine } from "./error-line.ts";

const node = `/repo/agent.mjs:3
throw new TypeError("no key");
      ^

TypeError [ERR_NO_KEY]: no key
    at file:///repo/agent.mjs:3:7
    at async node:internal/modules/esm/loader:654:26 {
  code: 'ERR_NO_KEY'
}

Node.js v26.10.0`;
const python = `Traceback (most recent call last):
  File "agent.py", line 1, in <module>
ValueError: no key`;

describe("the line that says what went wrong", () => {
  it.each([
    ["of Node.js", node, "TypeError [ERR_NO_KEY]: no key"],
    ["of Python", python, "ValueError: no key"],
    ["of git", "fatal: not a repository\nhint: make one", "fatal: not a repository"],
    ["of a program with words of its own", "starting\ndisk is full\n\n", "disk is full"],
    ["the last of several", "Error: one\nError: two\nbye", "Error: two"],
    ["where nothing else is there", "Node.js v26.10.0", "Node.js v26.10.0"],
    ["without any text", "\n  \n", null],
  ])("%s", (_, text, line) => {
    expect(errorLine(text.split("\n"))).toBe(line);
  });
});
