import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  AgentEvent,
  AgentUsage,
  Session,
  SessionLimits,
  SessionOrder,
  TurnOutcome,
} from "@signalbox/contracts";
import { type ModelServer, type RecordedRequest, startModelServer } from "@signalbox/model-server";
import { ClaudeBackend, type ClaudeOptions } from "../index.ts";

/** A session under test, with what it has said. */
export interface TestSession {
  readonly session: Session;
  readonly events: readonly AgentEvent[];
  readonly transcript: readonly string[];
  readonly turn: (prompt?: string) => Promise<TurnOutcome>;
  readonly messages: () => string;
  readonly usage: () => AgentUsage | null;
  readonly results: () => readonly Extract<AgentEvent, { type: "tool-result" }>[];
  /** Resolves with the first event that is one of these. */
  readonly heard: (test: (event: AgentEvent) => boolean) => Promise<AgentEvent>;
}

export type OrderOverrides = Partial<Omit<SessionOrder, "limits" | "emit" | "transcribe">> & {
  readonly limits?: Partial<SessionLimits>;
};

/** A model server, a git workspace, a folder for sessions: each test has its own. */
export class ClaudeWorld implements AsyncDisposable {
  readonly server: ModelServer;
  readonly root: string;
  readonly #sessions: Session[] = [];

  private constructor(server: ModelServer) {
    this.server = server;
    this.root = mkdtempSync(join(tmpdir(), "signalbox-claude-"));
    mkdirSync(this.cwd);
  }

  /** The workspace is a plain folder. */
  static async start(): Promise<ClaudeWorld> {
    return new ClaudeWorld(await startModelServer());
  }

  /** The workspace is a git repository without a commit. */
  static async startWithGit(): Promise<ClaudeWorld> {
    const world = await ClaudeWorld.start();
    world.git("init", "--quiet", "--initial-branch=main");
    writeFileSync(
      join(world.cwd, ".git", "config"),
      "[user]\n\tname = Agent\n\temail = agent@example.invalid\n",
      { flag: "a" },
    );
    return world;
  }

  get cwd(): string {
    return join(this.root, "work");
  }

  get sessionFolder(): string {
    return join(this.root, "sessions");
  }

  git(...words: readonly string[]): string {
    return execFileSync("git", words, { cwd: this.cwd, encoding: "utf8" });
  }

  /** Of the scenario, those for messages, with their bodies. */
  requests(scenario: string): readonly RecordedRequest[] {
    return this.server.requests(scenario);
  }

  async session(
    scenario: string,
    options: Partial<ClaudeOptions> = {},
    overrides: OrderOverrides = {},
  ): Promise<TestSession> {
    const events: AgentEvent[] = [];
    const transcript: string[] = [];
    let next = Promise.withResolvers<void>();
    const backend = new ClaudeBackend({
      apiKey: "local-key-0123456789",
      baseUrl: this.server.scenarioUrl(scenario),
      permissions: "full",
      maxRetryWaitMs: 20,
      ...options,
    });
    const session = await backend.startSession({
      cwd: this.cwd,
      resume: null,
      environment: {},
      sessionFolder: this.sessionFolder,
      prices: { "claude-opus-5-5": { input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5 } },
      tools: { list: () => [], call: () => Promise.reject(new Error("no tools")), mcp: null },
      signal: new AbortController().signal,
      ...overrides,
      limits: {
        startupTimeoutMs: 10_000,
        silenceTimeoutMs: 0,
        graceMs: 200,
        maxLineBytes: 1 << 20,
        ...overrides.limits,
      },
      transcribe: (line) => transcript.push(line),
      emit: (event) => {
        events.push(event);
        next.resolve();
        next = Promise.withResolvers();
      },
    });
    this.#sessions.push(session);
    return {
      session,
      events,
      transcript,
      turn: (prompt = "Do it") => session.runTurn(prompt, new AbortController().signal),
      messages: () =>
        events.flatMap((event) => (event.type === "message" ? [event.text] : [])).join("\n"),
      usage: () => events.findLast((event) => event.type === "usage")?.usage ?? null,
      results: () => events.filter((event) => event.type === "tool-result"),
      heard: async (test) => {
        for (;;) {
          const found = events.find(test);
          if (found !== undefined) return found;
          await next.promise;
        }
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.close()));
    await this.server.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}
