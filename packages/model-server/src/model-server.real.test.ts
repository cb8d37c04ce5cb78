import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lookUpAgent } from "./agents/look-up-agent.ts";
import { startModelServer, type ModelServer } from "./model-server.ts";

let server: ModelServer;
let folder: string;
let home: string;
let workspace: string;

beforeEach(async () => {
  server = await startModelServer();
  folder = await mkdtemp(join(tmpdir(), "signalbox-real-agent-"));
  home = join(folder, "home");
  workspace = join(folder, "workspace");
  await mkdir(home);
  await mkdir(workspace);
  git("init", "--quiet");
  git("config", "user.name", "Real agent");
  git("config", "user.email", "agent@example.invalid");
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

function git(...args: readonly string[]): string {
  return execFileSync("git", ["-C", workspace, ...args], { encoding: "utf8" });
}

interface Launch {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** How a program is pointed at a scenario, and at the session that it had before. */
type Prepare = (url: string, session?: string) => Promise<Launch>;
type AgentName = "claude-code" | "codex" | "gemini-cli" | "opencode";

const preparations: Readonly<Record<AgentName, Prepare>> = {
  "claude-code": async (url, session) => ({
    args: ["-p", "Do it", "--output-format", "json"].concat(
      ["--permission-mode", "acceptEdits", "--allowedTools", "Bash"],
      session === undefined ? [] : ["--resume", session],
    ),
    environment: {
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: "local",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      CLAUDE_CODE_MAX_RETRIES: "2",
    },
  }),
  codex: async (url, session) => {
    const lines = [
      'model = "local-model"',
      'model_provider = "local"',
      "[model_providers.local]",
      'name = "local"',
      `base_url = "${url}/v1"`,
      'env_key = "LOCAL_KEY"',
      'wire_api = "responses"',
    ];
    await writeFile(join(home, "config.toml"), lines.join("\n"));
    const resume = session === undefined ? [] : ["resume", session];
    return {
      args: ["exec", "--json", "--dangerously-bypass-approvals-and-sandbox", ...resume, "Do it"],
      environment: { CODEX_HOME: home, LOCAL_KEY: "local" },
    };
  },
  "gemini-cli": async (url) => {
    await mkdir(join(home, ".gemini"));
    const settings = { security: { auth: { selectedType: "gemini-api-key" } } };
    await writeFile(join(home, ".gemini", "settings.json"), JSON.stringify(settings));
    return {
      args: ["-p", "Do it", "--approval-mode", "yolo"],
      environment: {
        GOOGLE_GEMINI_BASE_URL: url,
        GEMINI_API_KEY: "local",
        GEMINI_CLI_TRUST_WORKSPACE: "true",
      },
    };
  },
  opencode: async (url) => {
    const provider = { anthropic: { options: { baseURL: `${url}/v1`, apiKey: "local" } } };
    const configuration = { provider, model: "anthropic/claude-opus-4-5" };
    await writeFile(join(folder, "opencode.json"), JSON.stringify(configuration));
    return {
      args: ["run", "Do it"],
      environment: {
        OPENCODE_CONFIG: join(folder, "opencode.json"),
        OPENCODE_DISABLE_MODELS_FETCH: "1",
      },
    };
  },
};

const patience = { timeout: 120_000 };

async function run(name: AgentName, url: string, session?: string): Promise<string> {
  const agent = lookUpAgent(name);
  if (!agent.isInstalled) throw new Error(agent.reason);
  const { args, environment } = await preparations[name](url, session);
  const [program, ...first] = agent.program;
  const child = spawn(program, [...first, ...args], {
    cwd: workspace,
    env: { PATH: process.env["PATH"], HOME: home, TMPDIR: folder, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: patience.timeout - 10_000,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return `${stdout}${stderr}`;
}

describe.each<AgentName>(["claude-code", "codex", "gemini-cli", "opencode"])("%s", (name) => {
  const agent = lookUpAgent(name);
  const note = agent.isInstalled ? "" : ` (${agent.reason})`;

  it.skipIf(!agent.isInstalled)(
    `writes a file and commits it, when the model says so${note}`,
    patience,
    async () => {
      const printed = await run(name, server.scenarioUrl("write-file:notes.txt"));
      expect(await readFile(join(workspace, "notes.txt"), "utf8"), printed).toBe("hello\n");
      expect(git("log", "--format=%s"), printed).toBe("Add notes.txt\n");
      expect(git("status", "--porcelain"), printed).toBe("");
      expect(printed).toContain("All done.");
    },
  );
});

describe.each<AgentName>(["claude-code", "codex"])("a session of %s", (name) => {
  const agent = lookUpAgent(name);
  const note = agent.isInstalled ? "" : ` (${agent.reason})`;

  it.skipIf(!agent.isInstalled)(
    `goes on in another process, with another server${note}`,
    patience,
    async () => {
      const first = await run(name, server.scenarioUrl("write-each-turn:notes.txt"));
      const session = /"(?:session|thread)_id":"([^"]+)"/.exec(first)?.[1];
      expect(session, first).toBeDefined();
      await server.close();
      server = await startModelServer();
      const second = await run(name, server.scenarioUrl("write-each-turn:notes.txt"), session);
      expect(second).toContain("Turn 2 is done.");
      expect(git("log", "--format=%s")).toBe("Add notes-2.txt\nAdd notes-1.txt\n");
    },
  );

  it.skipIf(!agent.isInstalled)(
    `thinks, calls two tools at once, and is told of a failure${note}`,
    patience,
    async () => {
      const printed = await run(name, server.scenarioUrl("thinking+parallel:2"));
      expect(printed).toContain("All done.");
      expect(server.requests().at(-1)?.body).toBeDefined();
      const failed = await run(name, server.scenarioUrl("context-exceeded"));
      expect(failed).toMatch(/prompt is too long|ran out of room/i);
    },
  );
});
