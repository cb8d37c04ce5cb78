import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentEvent, TurnOutcome } from "@signalbox/contracts";
import { lookUpAgent, type ModelServer, scenario, startModelServer } from "@signalbox/model-server";
import { isAlive } from "@signalbox/process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  git,
  makeRepository,
  never,
  type OrderOverrides,
  startSession,
  type TestSession,
} from "./__fixtures__/start-session.ts";
import type { ClaudeCodeOptions } from "./index.ts";

const agent = lookUpAgent("claude-code");
const title = agent.isInstalled ? "the real claude" : `the real claude (${agent.reason})`;
const key = "sk-ant-not-a-real-key";

let folder: string;
let server: ModelServer;

interface Given {
  readonly options?: ClaudeCodeOptions;
  readonly order?: OrderOverrides;
  readonly cwd?: string;
}

/** A session whose model plays the scenario. */
async function started(played: string, given: Given = {}): Promise<TestSession & { cwd: string }> {
  const cwd = given.cwd ?? (await makeRepository(folder));
  const session = await startSession(
    {
      program: agent.isInstalled ? agent.program[0] : "claude",
      maxRetries: 1,
      ...given.options,
      env: {
        HOME: join(folder, "home"),
        TMPDIR: folder,
        ANTHROPIC_BASE_URL: server.scenarioUrl(played),
        ANTHROPIC_API_KEY: key,
        ...given.options?.env,
      },
    },
    { cwd, sessionFolder: join(folder, "sessions"), ...given.order },
  );
  return { ...session, cwd };
}

/** One turn, and the end of its session. */
async function turn(
  played: string,
  given: Given = {},
): Promise<TestSession & { cwd: string; outcome: TurnOutcome }> {
  const session = await started(played, given);
  const outcome = await session.session.runTurn("Do it", never);
  await session.session.close();
  return { ...session, outcome };
}

function ofType<Type extends AgentEvent["type"]>(
  events: readonly AgentEvent[],
  type: Type,
): Extract<AgentEvent, { type: Type }>[] {
  return events.filter(
    (event): event is Extract<AgentEvent, { type: Type }> => event.type === type,
  );
}

describe.skipIf(!agent.isInstalled)(title, () => {
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-claude-code-")));
    await mkdir(join(folder, "home"));
    server = await startModelServer();
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, maxRetries: 5 });
  });

  it("R-501 R-502 R-504 edits a file in the workspace, commits it, and says what it did", async () => {
    const { outcome, events, cwd, session } = await turn("write-file:notes.txt:hello");
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(await readFile(join(cwd, "notes.txt"), "utf8")).toBe("hello");
    expect(await git(cwd, "log", "-1", "--format=%s")).toBe("Add notes.txt\n");
    expect(await git(cwd, "status", "--short", "--ignored")).toBe("");
    expect(events[0]).toMatchObject({ type: "session-started", sessionId: session.sessionId });
    expect(ofType(events, "tool-call").map(({ tool }) => tool)).toEqual(["Write", "Bash"]);
    expect(ofType(events, "tool-result").map(({ isError }) => isError)).toEqual([false, false]);
    expect(ofType(events, "message").at(-1)?.text).toBe("All done.");
    expect(ofType(events, "notice").map(({ text }) => text)).toEqual([
      "Claude Code 2.1.330, permissions accept-edits (acceptEdits), settings: none",
    ]);
  });
});
