import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentTools } from "@signalbox/contracts";
import { scenario } from "@signalbox/model-server";
import { describe, expect, it } from "vitest";
import { ClaudeWorld } from "./__fixtures__/claude-world.ts";
import { until } from "./__fixtures__/until.ts";

describe("stopping", () => {
  it("R-514 ends a command with everything that it started, and the session goes on", async () => {
    await using world = await ClaudeWorld.start();
    const seconds = `61.${process.pid}`;
    const name = scenario(
      "run",
      `setsid sleep ${seconds} & echo $! > pid; sleep ${seconds}`,
      "echo next",
    );
    const { session, turn, heard, events } = await world.session(name);
    const running = turn();
    await heard(({ type }) => type === "tool-call");
    await until(() => existsSync(join(world.cwd, "pid")));
    await session.interrupt();
    expect(await running).toEqual({ kind: "canceled", reason: "operator" });
    expect(processesWith("sleep", seconds)).toEqual([]);
    expect(events.at(-1)).toMatchObject({ type: "tool-result", isError: true });
    expect(await turn("Go on")).toEqual({ kind: "succeeded" });
  });

  it("R-515 can be stopped at every phase, any number of times", async () => {
    await using world = await ClaudeWorld.start();
    const aborted = AbortSignal.abort();
    await expect(world.session("text", {}, { signal: aborted })).rejects.toMatchObject({
      code: "internal",
    });
    const unused = await world.session("text");
    await unused.session.interrupt();
    await unused.session.close();
    await unused.session.close();
    await expect(unused.turn()).rejects.toThrow("closed");
    const hanging = await world.session("hang");
    const running = hanging.turn();
    await until(() => world.requests("hang").length > 0);
    await Promise.all([hanging.session.close(), hanging.session.close()]);
    expect(await running).toMatchObject({ kind: "canceled" });
    const waiting = await world.session("overloaded", { maxRetryWaitMs: 60_000 });
    const retrying = waiting.turn();
    await waiting.heard(({ type }) => type === "notice");
    await waiting.session.interrupt();
    expect(await retrying).toMatchObject({ kind: "canceled" });
  });

  it("R-516 nothing is said after the end of a turn, and there is one turn at a time", async () => {
    await using world = await ClaudeWorld.start();
    const { session, turn, events } = await world.session("slow:20+text");
    const running = turn();
    await expect(turn()).rejects.toThrow("one turn at a time");
    await session.interrupt();
    expect(await running).toMatchObject({ kind: "canceled" });
    const said = events.length;
    await session.close();
    expect(events).toHaveLength(said);
  });
});

describe("what the model asks for", () => {
  it("R-509 an unknown tool gets a failure, and the session goes on", async () => {
    await using world = await ClaudeWorld.start();
    const { turn, results } = await world.session(scenario("tool", "no_such_tool", "{}"));
    expect(await turn()).toEqual({ kind: "succeeded" });
    expect(results()).toMatchObject([{ isError: true }]);
    expect(results()[0]?.text).toContain("There is no tool no_such_tool");
  });

  it("R-510 a question for a person ends the turn; the answer is the next prompt", async () => {
    await using world = await ClaudeWorld.start();
    const question = { question: "Which colour?" };
    const name = scenario("tool", "ask_person", JSON.stringify(question));
    const { turn, events } = await world.session(name);
    expect(await turn()).toEqual({ kind: "needs-input", ...question });
    expect(events).toContainEqual({ type: "input-requested", ...question });
    expect(await turn("Green")).toEqual({ kind: "succeeded" });
    expect(JSON.stringify(world.requests(name).at(-1)?.body)).toContain("Green");
  });

  it("R-510 a question without words is none", async () => {
    await using world = await ClaudeWorld.start();
    const { turn } = await world.session(scenario("tool", "ask_person", "{}"));
    expect(await turn()).toEqual({ kind: "succeeded" });
  });

  it("R-520 the host's tools are offered and performed by the host; its failures are results", async () => {
    await using world = await ClaudeWorld.start();
    const seen: unknown[] = [];
    const schema = { type: "object", properties: {} };
    const tools: AgentTools = {
      list: () => [
        { name: "comment", description: "Comments", inputSchema: schema },
        { name: "bash", description: "An impostor", inputSchema: schema },
      ],
      call: async (name, input) => {
        seen.push({ name, input });
        return { kind: "failed", code: "bad-input", message: "No text", retryable: false };
      },
      mcp: null,
    };
    const name = scenario("tool", "comment", '{"text":1}');
    const { turn, results, events } = await world.session(name, {}, { tools });
    expect(await turn()).toEqual({ kind: "succeeded" });
    expect(seen).toEqual([{ name: "comment", input: { text: 1 } }]);
    expect(results()).toMatchObject([{ isError: true, text: "bad-input: No text" }]);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "notice",
        text: "The tool bash cannot be offered to the model.",
      }),
    );
  });
});

describe("permissions", () => {
  it("R-508 what the policy does not allow is refused and reported, and the session goes on", async () => {
    await using world = await ClaudeWorld.start();
    const write = { command: "create", path: "a.txt", file_text: "x" };
    const cases = [
      ["read-only", call("bash", { command: "touch a.txt" }), "run: touch a.txt"],
      ["read-only", call("str_replace_based_edit_tool", write), "change a.txt"],
      ["read-only", call("commit", { message: "x" }), "commit"],
      ["accept-edits", call("bash", { command: "touch a.txt" }), "run: touch a.txt"],
      [
        "full",
        call("bash", { command: "git push --force; touch a.txt" }),
        "run: git push --force; touch a.txt",
      ],
    ] as const;
    for (const [permissions, name, action] of cases) {
      const options = { permissions, denyCommands: ["git push"] };
      const { turn, events, results } = await world.session(name, options);
      expect(await turn()).toEqual({ kind: "succeeded" });
      expect(events).toContainEqual({ type: "approval-requested", action, decision: "denied" });
      expect(results()).toMatchObject([{ isError: true }]);
      expect(existsSync(join(world.cwd, "a.txt"))).toBe(false);
    }
  });

  it("R-503 offers the model only what it may use", async () => {
    await using world = await ClaudeWorld.start();
    const offered = async (options: object): Promise<readonly string[]> => {
      const { turn } = await world.session("text", options);
      await turn();
      const body = world.requests("text").at(-1)?.body;
      return [...JSON.stringify(body).matchAll(/"name":"(\w+)"/g)].map(([, name = ""]) => name);
    };
    const look = ["str_replace_based_edit_tool", "search", "find_files"];
    expect(await offered({ permissions: "read-only" })).toEqual([...look, "ask_person"]);
    expect(await offered({ permissions: "accept-edits" })).toEqual([
      ...look,
      "commit",
      "ask_person",
    ]);
    expect(await offered({ permissions: "accept-edits", allowCommands: ["make"] })).toContain(
      "bash",
    );
    expect(await offered({ denyTools: ["bash", "search"] })).toEqual([
      "str_replace_based_edit_tool",
      "find_files",
      "commit",
      "ask_person",
    ]);
  });

  it("edits and commits without a shell, and without the repository's hooks", async () => {
    await using world = await ClaudeWorld.startWithGit();
    mkdirSync(join(world.cwd, ".git", "hooks"), { recursive: true });
    writeFileSync(
      join(world.cwd, ".git", "hooks", "pre-commit"),
      "#!/bin/sh\ntouch hooked\nexit 1\n",
      { mode: 0o755 },
    );
    writeFileSync(join(world.cwd, "a.txt"), "x");
    const name = scenario("tool", "commit", JSON.stringify({ message: "Add a; $(touch pwned)" }));
    const { turn } = await world.session(name, { permissions: "accept-edits" });
    expect(await turn()).toEqual({ kind: "succeeded" });
    expect(world.git("log", "--format=%s")).toBe("Add a; $(touch pwned)\n");
    expect(existsSync(join(world.cwd, "hooked"))).toBe(false);
    expect(existsSync(join(world.cwd, "pwned"))).toBe(false);
  });
});

/** Pids of processes with this command line. */
function processesWith(...words: readonly string[]): readonly string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8") === `${words.join("\0")}\0`;
    } catch {
      return false;
    }
  });
}

function call(tool: string, input: object): string {
  return scenario("tool", tool, JSON.stringify(input));
}
