import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { scenario } from "@signalbox/model-server";
import { killStrays } from "@signalbox/process";
import { describe, expect, it } from "vitest";
import { ClaudeWorld } from "./__fixtures__/claude-world.ts";
import { until } from "./__fixtures__/until.ts";
import { SessionFile } from "./session/session-file.ts";

const oneTurn = fileURLToPath(new URL("__fixtures__/one-turn.ts", import.meta.url));
const usage = { model: "claude-opus-5-5", input: 1, output: 1, cacheRead: 0, cacheWrite: 0 };

describe("a resumed session", () => {
  it("R-504 goes on in a new process after kill -9 within a tool call, and repeats none", async () => {
    await using world = await ClaudeWorld.start();
    const name = scenario(
      "run",
      "echo one >> log",
      "echo two >> log; touch begun; sleep 60",
      "echo three >> log",
    );
    const runId = `test-${randomUUID()}`;
    const url = world.server.scenarioUrl(name);
    const child = spawn(
      process.execPath,
      ["--conditions=@signalbox/source", oneTurn, url, world.cwd, world.sessionFolder, runId],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await until(() => existsSync(join(world.cwd, "begun")));
    child.kill("SIGKILL");
    await once(child, "exit");
    await killStrays(runId);

    const sessionId = said.trim();
    const { session, turn, results } = await world.session(name, {}, { resume: sessionId });
    expect(session.sessionId).toBe(sessionId);
    expect(await turn("Go on")).toEqual({ kind: "succeeded" });
    expect(readFileSync(join(world.cwd, "log"), "utf8")).toBe("one\ntwo\nthree\n");
    expect(results()[0]).toMatchObject({
      isError: true,
      text: expect.stringContaining("had begun") as string,
    });
    expect(JSON.stringify(world.requests(name).at(-1)?.body)).toContain(
      "Interrupted: this had begun",
    );
  });

  it("tells apart what was done, what had begun and what had not", async () => {
    await using world = await ClaudeWorld.start();
    const sessionId = randomUUID();
    const file = await SessionFile.create(world.sessionFolder, sessionId);
    const content = ["a", "b", "c"].map(callOf);
    appendEntries(world, sessionId, [
      { type: "told", text: "Do it" },
      { type: "reply", content, stopReason: "tool_use", usage },
      { type: "call-begun", callId: "a" },
      {
        type: "call-ended",
        callId: "a",
        result: { type: "tool_result", tool_use_id: "a", content: "done", is_error: false },
      },
      { type: "call-begun", callId: "b" },
    ]);
    await file.close();
    const { turn } = await world.session("text", {}, { resume: sessionId });
    expect(await turn("Go on")).toEqual({ kind: "succeeded" });
    expect(world.requests("text")[0]?.body).toMatchObject({
      messages: [
        {},
        {},
        {
          role: "user",
          content: [
            { tool_use_id: "a", content: "done" },
            { tool_use_id: "b", content: expect.stringContaining("had begun") as string },
            { tool_use_id: "c", content: expect.stringContaining("not begun") as string },
            { type: "text", text: "Go on" },
          ],
        },
      ],
    });
  });

  it("R-511 counts what it uses itself, and the budget begins anew", async () => {
    await using world = await ClaudeWorld.start();
    const first = await world.session("steps:2");
    await first.turn();
    await first.session.close();
    const second = await world.session(
      "text",
      {},
      { resume: first.session.sessionId, limits: { budget: { tokens: 100, usd: null } } },
    );
    expect(await second.turn()).toEqual({ kind: "succeeded" });
    expect(second.usage()).toMatchObject({ inputTokens: 100, outputTokens: 20 });
    expect(await second.turn()).toMatchObject({ kind: "budget-exhausted" });
  });

  it.each([
    ["an id that is not known", (): string => randomUUID()],
    ["an id that is a path", (): string => "../../etc/passwd"],
    [
      "a damaged file",
      (world: ClaudeWorld, id: string): string => {
        appendEntries(world, id, ["damage", { type: "told", text: "x" }]);
        return id;
      },
    ],
    [
      "a file of another session",
      (world: ClaudeWorld, id: string): string => {
        const other = randomUUID();
        writeFileSync(pathOf(world, other), readFileSync(pathOf(world, id)));
        return other;
      },
    ],
  ])("%s starts afresh, with a notice", async (_, asked) => {
    await using world = await ClaudeWorld.start();
    const first = await world.session("text");
    await first.turn();
    await first.session.close();
    const resume = asked(world, first.session.sessionId ?? "");
    const second = await world.session("text", {}, { resume });
    expect(second.session.sessionId).not.toBe(resume);
    expect(second.events).toEqual([
      expect.objectContaining({ type: "session-started", sessionId: second.session.sessionId }),
      expect.objectContaining({ type: "notice", level: "warn" }),
    ]);
    expect(await second.turn()).toEqual({ kind: "succeeded" });
  });

  it("is found whole wherever its file was cut off", async () => {
    await using world = await ClaudeWorld.start();
    const first = await world.session("steps:1");
    await first.turn();
    await first.session.close();
    const id = first.session.sessionId ?? "";
    const bytes = readFileSync(pathOf(world, id));
    const firstLine = bytes.indexOf(0x0a) + 1;
    for (let length = firstLine; length <= bytes.length; length += 7) {
      writeFileSync(pathOf(world, id), bytes.subarray(0, length));
      const found = await SessionFile.resume(world.sessionFolder, id);
      await found?.file.append({ type: "told", text: "Go on" });
      await found?.file.close();
      const again = await SessionFile.resume(world.sessionFolder, id);
      expect(again?.entries.length).toBe((found?.entries.length ?? 0) + 1);
      await again?.file.close();
    }
  });

  it("keeps its files to this user", async () => {
    await using world = await ClaudeWorld.start();
    await world.session("text");
    const [name = ""] = readdirSync(world.sessionFolder);
    expect(statSync(join(world.sessionFolder, name)).mode & 0o077).toBe(0);
  });
});

function pathOf(world: ClaudeWorld, sessionId: string): string {
  return join(world.sessionFolder, `${sessionId}.jsonl`);
}

function appendEntries(world: ClaudeWorld, sessionId: string, entries: readonly unknown[]): void {
  for (const entry of entries) {
    appendFileSync(pathOf(world, sessionId), `${JSON.stringify(entry)}\n`);
  }
}

function callOf(id: string): object {
  return { type: "tool_use", id, name: "bash", input: { command: "x" } };
}
