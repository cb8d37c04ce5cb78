import { existsSync } from "node:fs";
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
  makeWorktree,
  never,
  ofType,
  type OrderOverrides,
  startSession,
  type TestSession,
} from "./__fixtures__/start-session.ts";
import type { CodexOptions } from "./index.ts";

const agent = lookUpAgent("codex");
const title = agent.isInstalled ? "the real codex" : `the real codex (${agent.reason})`;
const key = "sk-not-a-real-key";

let folder: string;
let server: ModelServer;

interface Given {
  readonly options?: CodexOptions;
  readonly order?: OrderOverrides;
  readonly cwd?: string;
}

/** A session whose model plays the scenario. */
async function started(played: string, given: Given = {}): Promise<TestSession & { cwd: string }> {
  const cwd = given.cwd ?? (await makeWorktree(folder));
  const session = await startSession(
    {
      program: agent.isInstalled ? agent.program[0] : "codex",
      model: "local-model",
      modelProvider: "local",
      ...given.options,
      config: {
        model_providers: {
          local: {
            name: "local",
            base_url: `${server.scenarioUrl(played)}/v1`,
            env_key: "LOCAL_KEY",
            wire_api: "responses",
            request_max_retries: 1,
            stream_max_retries: 1,
          },
        },
        ...given.options?.config,
      },
      env: {
        HOME: join(folder, "home"),
        TMPDIR: join(folder, "tmp"),
        LOCAL_KEY: key,
        ...given.options?.env,
      },
    },
    { ...given.order, cwd },
  );
  return { ...session, cwd };
}

/** One turn of a session of its own. */
async function turn(
  played: string,
  given: Given = {},
): Promise<TestSession & { cwd: string; outcome: TurnOutcome }> {
  const session = await started(played, given);
  const outcome = await session.session.runTurn("Do it", never);
  await session.session.close();
  return { ...session, outcome };
}

describe.skipIf(!agent.isInstalled)(title, { timeout: 120_000 }, () => {
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-codex-")));
    await mkdir(join(folder, "home"));
    await mkdir(join(folder, "tmp"));
    server = await startModelServer();
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, maxRetries: 5 });
  });

  it("R-501 R-502 R-503 R-504 edits a file in the workspace, commits it, and says what it did", async () => {
    const { outcome, events, cwd, session } = await turn("write-file:notes.txt:hello");
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(await readFile(join(cwd, "notes.txt"), "utf8")).toBe("hello\n");
    expect(await git(cwd, "log", "-1", "--format=%s")).toBe("Add notes.txt\n");
    expect(await git(cwd, "status", "--short", "--ignored")).toBe("");
    expect(events[0]).toEqual({
      type: "session-started",
      sessionId: session.sessionId,
      model: "local-model",
    });
    expect(ofType(events, "tool-call").map(({ tool }) => tool)).toEqual([
      "apply_patch",
      "exec_command",
    ]);
    expect(ofType(events, "tool-result").map(({ isError }) => isError)).toEqual([false, false]);
    expect(ofType(events, "message").at(-1)?.text).toBe("All done.");
    expect(ofType(events, "notice")[0]).toEqual({
      type: "notice",
      level: "info",
      text: "Codex 0.169.0, permissions accept-edits (sandbox workspaceWrite, network off, approvals on-request), provider local",
    });
  });
});
