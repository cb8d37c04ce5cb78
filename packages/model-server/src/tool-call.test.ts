import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Conversation, OfferedTool } from "./conversation.ts";
import { toToolCall } from "./tool-call.ts";

function tool(name: string, parameters: Record<string, string>, changes = {}): OfferedTool {
  return { name, type: "function", namespace: null, parameters, ...changes };
}

function conversation(tools: readonly OfferedTool[], text = ""): Conversation {
  return {
    model: "m",
    isStreaming: true,
    entries: [],
    tools,
    wantsThinking: false,
    answerSchema: undefined,
    text,
    inputTokens: 1,
  };
}

const write = { kind: "write", path: "a b/it's.txt", content: "it's\n$HOME `x` %s\n" } as const;
const run = { kind: "run", command: "ls" } as const;
const read = { kind: "read", path: "a.txt" } as const;

describe("an action in the words of", () => {
  it.each<[string, readonly OfferedTool[], object, object]>([
    [
      "Claude Code",
      [
        tool("Bash", { command: "string", description: "string" }),
        tool("Write", { file_path: "string", content: "string" }),
      ],
      { name: "Write", input: { file_path: "/project/a b/it's.txt", content: write.content } },
      { name: "Bash", input: { command: "ls", description: "Work on the issue" } },
    ],
    [
      "the vendor tools of Anthropic",
      [
        tool("bash", {}, { type: "bash_20250124" }),
        tool("str_replace_based_edit_tool", {}, { type: "text_editor_20250728" }),
      ],
      {
        name: "str_replace_based_edit_tool",
        input: { command: "create", path: write.path, file_text: write.content },
      },
      { name: "bash", input: { command: "ls" } },
    ],
    [
      "Gemini CLI",
      [
        tool("write_file", { file_path: "string", content: "string" }),
        tool("run_shell_command", { command: "string" }),
      ],
      { name: "write_file", input: { file_path: "/project/a b/it's.txt", content: write.content } },
      { name: "run_shell_command", input: { command: "ls" } },
    ],
    [
      "opencode",
      [
        tool("write", { filePath: "string", content: "string" }),
        tool("bash", { command: "string", description: "string" }),
      ],
      { name: "write", input: { filePath: "/project/a b/it's.txt", content: write.content } },
      { name: "bash", input: { command: "ls", description: "Work on the issue" } },
    ],
    [
      "Codex",
      [tool("exec_command", { cmd: "string" }, { namespace: "shell" })],
      {
        name: "exec_command",
        namespace: "shell",
        input: {
          cmd: "apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: a b/it's.txt\n+it's\n+$HOME `x` %s\n*** End Patch\nEOF",
        },
      },
      { name: "exec_command", input: { cmd: "ls" } },
    ],
    [
      "an older Codex",
      [tool("shell", { command: "array" })],
      {
        name: "shell",
        input: { command: ["bash", "-lc", expect.stringContaining("apply_patch")] },
      },
      { name: "shell", input: { command: ["bash", "-lc", "ls"] } },
    ],
  ])("%s", (_agent, tools, written, ran) => {
    const asked = conversation(tools, " - Primary working directory: /project\n");
    expect(toToolCall(write, asked)).toMatchObject(written);
    expect(toToolCall(run, asked)).toMatchObject(ran);
  });
});

it("writes by the shell exactly what it was given", () => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-tool-call-"));
  const bash = tool("bash", {}, { type: "bash_20250124" });
  const { input } = toToolCall(write, conversation([bash]));
  execFileSync("bash", ["-c", String(input["command"])], { cwd: folder });
  expect(readFileSync(join(folder, write.path), "utf8")).toBe(write.content);
  rmSync(folder, { recursive: true });
});

it("reads by the file tool, else by the shell", () => {
  const reader = tool("read_file", { path: "string" });
  expect(toToolCall(read, conversation([reader])).input).toEqual({ path: "a.txt" });
  const shell = tool("bash", { command: "string" });
  expect(toToolCall(read, conversation([shell])).input).toEqual({ command: "cat 'a.txt'" });
});

it("calls a tool by its name, by the end of its name, and one that nobody offered", () => {
  const offered = conversation([tool("mcp__signalbox__ask", {}, { namespace: "n" })]);
  const called = { kind: "call", tool: "ask", input: { a: 1 } } as const;
  expect(toToolCall(called, offered)).toEqual({
    name: "mcp__signalbox__ask",
    namespace: "n",
    input: { a: 1 },
  });
  expect(toToolCall({ ...called, tool: "nothing" }, offered).name).toBe("nothing");
});

it("says what it lacks", () => {
  expect(() => toToolCall(run, conversation([tool("weather", {})]))).toThrow(
    new RangeError("the scenario wants to run, and no tool of [weather] can"),
  );
});
