import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AgentEvent, SignalboxError, type TurnOutcome } from "@signalbox/contracts";
import { type ModelServer, scenario, startModelServer } from "@signalbox/model-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { key, lookUp, realOptions } from "./__fixtures__/real-agent.ts";
import {
  git,
  makeRepository,
  never,
  type OrderOverrides,
  startSession,
  type TestSession,
} from "./__fixtures__/start-session.ts";
import type { AcpOptions, AgentName } from "./index.ts";

const patience = 120_000;

let folder: string;
let server: ModelServer;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-acp-")));
  server = await startModelServer();
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, maxRetries: 5 });
});

interface Given {
  readonly options?: AcpOptions;
  readonly order?: OrderOverrides;
  readonly cwd?: string;
}

/** A session whose model plays the scenario. */
async function started(
  name: AgentName,
  played: string,
  given: Given = {},
): Promise<TestSession & { readonly cwd: string }> {
  const cwd = given.cwd ?? (await makeRepository(folder));
  const real = await realOptions(name, server.scenarioUrl(played), folder);
  const session = await startSession({ ...real, ...given.options }, { cwd, ...given.order });
  return { ...session, cwd };
}

/** One turn, and the end of its session. */
async function turn(
  name: AgentName,
  played: string,
  given: Given = {},
): Promise<TestSession & { readonly cwd: string; readonly outcome: TurnOutcome }> {
  const session = await started(name, played, given);
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

interface Expected {
  readonly title: string;
  readonly tools: readonly string[];
  readonly usage: readonly [input: number, output: number];
  /** What it needs to be allowed to commit. */
  readonly permissions: "accept-edits" | "full";
  readonly mode: string;
  readonly keepsSessions: boolean;
}

const agents: Readonly<Record<AgentName, Expected>> = {
  claude: {
    title: "Claude Agent 0.100.0",
    tools: ["Write", "Bash"],
    usage: [300, 60],
    permissions: "accept-edits",
    mode: "default",
    keepsSessions: true,
  },
  codex: {
    title: "Codex 2.6.0",
    tools: ["edit", "exec_command"],
    usage: [300, 60],
    permissions: "full",
    mode: "agent-full-access",
    keepsSessions: true,
  },
  gemini: {
    title: "Gemini CLI 0.61.0",
    tools: ["edit", "execute"],
    usage: [450, 60],
    permissions: "accept-edits",
    mode: "default",
    keepsSessions: false,
  },
  opencode: {
    title: "OpenCode 1.18.33",
    tools: ["edit", "execute"],
    usage: [100, 20],
    permissions: "accept-edits",
    mode: "its own",
    keepsSessions: true,
  },
};
const agentNames: readonly AgentName[] = ["claude", "codex", "gemini", "opencode"];

describe.each(agentNames)("the real agent %s", (name) => {
  const agent = lookUp(name);
  const expected = agents[name];
  const { permissions } = expected;
  const note = agent.isInstalled ? "" : ` (${agent.reason})`;

  it.skipIf(!agent.isInstalled)(
    `R-502 R-503 R-511 shakes hands, writes a file, commits it, and counts what it used${note}`,
    { timeout: patience },
    async () => {
      const { outcome, events, cwd } = await turn(name, "write-file:notes.txt:hello", {
        options: { permissions },
      });
      expect(outcome).toEqual({ kind: "succeeded" });
      expect(await readFile(join(cwd, "notes.txt"), "utf8")).toMatch(/^hello\n?$/);
      expect(await git(cwd, "log", "-1", "--format=%s")).toBe("Add notes.txt\n");
      expect(await git(cwd, "status", "--short")).toBe("");
      expect(ofType(events, "tool-call").map(({ tool }) => tool)).toEqual(expected.tools);
      expect(ofType(events, "tool-result").map(({ isError }) => isError)).toEqual([false, false]);
      expect(ofType(events, "message").at(-1)?.text).toBe("All done.");
      expect(ofType(events, "notice")[0]?.text).toBe(
        `${expected.title}, ACP 1, permissions ${permissions}, mode ${expected.mode}, repository's settings off`,
      );
      const usage = ofType(events, "usage").at(-1)?.usage;
      expect([usage?.inputTokens, usage?.outputTokens]).toEqual(expected.usage);
    },
  );

  it.skipIf(!agent.isInstalled)(
    `commits as whom its home's git names${note}`,
    { timeout: patience },
    async () => {
      const cwd = await makeRepository(folder);
      await git(cwd, "config", "--remove-section", "user");
      const home = await mkdtemp(join(folder, "home-"));
      await writeFile(
        join(home, ".gitconfig"),
        "[user]\nname = Home\nemail = home@example.invalid\n",
      );
      const order = { environment: { HOME: home } };
      await turn(name, "write-file:notes.txt", { options: { permissions }, cwd, order });
      expect(await git(cwd, "log", "-1", "--format=%an %ae %s")).toBe(
        "Home home@example.invalid Add notes.txt\n",
      );
    },
  );

  it.skipIf(!agent.isInstalled)(
    `R-504 goes on in a new process, or says that it cannot${note}`,
    { timeout: patience },
    async () => {
      const options = { permissions };
      const first = await turn(name, "write-each-turn:notes.txt", { options });
      const { cwd } = first;
      const order = { resume: first.session.sessionId };
      const second = await turn(name, "write-each-turn:notes.txt", { options, order, cwd });
      expect(second.outcome).toEqual({ kind: "succeeded" });
      // Messages that nothing is told of in between come as one.
      const said = ofType(second.events, "message").at(-1)?.text;
      expect(said).toMatch(expected.keepsSessions ? /Turn 2 is done\.$/ : /Turn 1 is done\.$/);
      const warnings = ofType(second.events, "notice").filter(({ level }) => level === "warn");
      expect(warnings.length > 0).toBe(!expected.keepsSessions);
    },
  );

  it.skipIf(!agent.isInstalled)(
    `R-508 R-519 changes nothing in a run that may only read, and runs nothing of the repository's${note}`,
    { timeout: patience },
    async () => {
      const cwd = await makeRepository(folder);
      await bringHooks(cwd);
      const before = await git(cwd, "status", "--short");
      const options = { permissions: "read-only" } as const;
      const played = turn(name, "write-only:notes.txt:hello", { options, cwd });
      const result = await played.then(
        () => "played",
        (error: unknown) => (SignalboxError.isInstance(error) ? error.message : error),
      );
      expect(String(result)).toMatch(name === "codex" ? /has \.codex/ : /^played$/);
      expect(await git(cwd, "status", "--short")).toBe(before);
    },
  );

  it.skipIf(!agent.isInstalled)(
    `R-513 tells a refused login, and never says the key${note}`,
    { timeout: patience },
    async () => {
      const { outcome, events } = await turn(name, "unauthorized");
      expect(outcome).toMatchObject({ kind: "failed", code: "auth", retryable: false });
      expect(JSON.stringify({ outcome, events })).not.toContain(key);
    },
  );

  it.skipIf(!agent.isInstalled)(
    `R-515 is interrupted in the middle of a command${note}`,
    { timeout: patience },
    async () => {
      const { session, event } = await started(
        name,
        scenario("run", "touch begun; exec sleep 61"),
        {
          options: { permissions },
        },
      );
      const running = session.runTurn("Do it", never);
      await event(({ type }) => type === "tool-call");
      await session.interrupt();
      expect(await running).toMatchObject({ kind: "canceled" });
      await session.close();
    },
  );
});

/** Settings that would write a file if an agent read them. */
async function bringHooks(cwd: string): Promise<void> {
  const command = `touch ${join(cwd, "hooked")}`;
  const hooks = { SessionStart: [{ hooks: [{ type: "command", command }] }] };
  const mcpServers = { evil: { command: "sh", args: ["-c", command] } };
  const mcp = { evil: { type: "local", command: ["sh", "-c", command] } };
  await mkdir(join(cwd, ".claude"));
  await mkdir(join(cwd, ".gemini"));
  await writeFile(join(cwd, ".claude", "settings.json"), JSON.stringify({ hooks }));
  await writeFile(join(cwd, ".mcp.json"), JSON.stringify({ mcpServers }));
  await writeFile(join(cwd, ".gemini", "settings.json"), JSON.stringify({ mcpServers, hooks }));
  await writeFile(join(cwd, "opencode.json"), JSON.stringify({ mcp }));
  await mkdir(join(cwd, ".codex"));
  await writeFile(
    join(cwd, ".codex", "config.toml"),
    `[mcp_servers.evil]\ncommand = "sh"\nargs = ["-c", ${JSON.stringify(command)}]\n`,
  );
}
