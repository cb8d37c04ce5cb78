import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { HooksConfig, LogFields, Logger, WorkflowConfig, WorkspaceConfig } from "@signalbox/contracts";

/** A temporary folder with a repository `source` of one commit, and the configuration that works on it. */
export class Scratch {
  readonly folder: string = realpathSync(mkdtempSync(join(tmpdir(), "signalbox-workspaces-")));
  readonly repository: string = join(this.folder, "source");
  readonly stateDir: string = join(this.folder, "state");
  readonly root: string = join(this.folder, "root");
  readonly mirror: string = join(this.stateDir, "mirror.git");

  constructor() {
    mkdirSync(this.repository);
    git(this.repository, "init", "--quiet", "--initial-branch=main");
    git(this.repository, "config", "user.name", "Tester");
    git(this.repository, "config", "user.email", "tester@example.invalid");
    this.commit("README.md", "first\n");
  }

  /** Writes and commits one file of the source repository. */
  commit(file: string, content: string, folder = this.repository): string {
    this.write(join(folder, file), content);
    git(folder, "add", "--all");
    git(folder, "commit", "--quiet", "-m", `Write ${file}`);
    return git(folder, "rev-parse", "HEAD");
  }

  /** Leaves a merge in `README.md` unresolved. */
  conflict(folder: string): void {
    const branch = git(folder, "branch", "--show-current");
    git(folder, "switch", "--quiet", "--create", "side");
    this.commit("README.md", "side\n", folder);
    git(folder, "switch", "--quiet", branch);
    this.commit("README.md", "ours\n", folder);
    const { status } = spawnSync("git", ["merge", "--quiet", "side"], { cwd: folder });
    if (status !== 1) throw new Error(`no conflict: ${status}`);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  config(
    workspace: Partial<WorkspaceConfig> = {},
    hooks: Partial<HooksConfig> = {},
  ): WorkflowConfig {
    return {
      source: { path: join(this.folder, "WORKFLOW.md"), folder: this.folder, hash: "0" },
      stateDir: this.stateDir,
      prompt: { template: "", path: join(this.folder, "WORKFLOW.md"), line: 1 },
      tracker: {
        kind: "memory",
        provider: {},
        activeStates: null,
        terminalStates: null,
        requiredLabels: [],
        writes: "off",
        states: null,
      },
      polling: { intervalMs: 30_000 },
      workspace: { kind: "git", root: this.root, repository: this.repository, base: null, ...workspace },
      hooks: {
        afterCreate: null,
        beforeRun: null,
        afterRun: null,
        beforeRemove: null,
        timeoutMs: 20_000,
        ...hooks,
      },
      agent: {
        backend: "mock",
        maxConcurrentAgents: 10,
        maxConcurrentAgentsByState: {},
        maxTurns: 20,
        maxFailures: 5,
        maxContinuations: 20,
        maxNoProgress: 3,
        maxRetryBackoffMs: 300_000,
        turnTimeoutMs: 3_600_000,
        startupTimeoutMs: 60_000,
        stallTimeoutMs: 300_000,
        runTimeoutMs: 0,
        graceMs: 200,
      },
      backends: {},
      delivery: { kind: "none", into: null, check: null, checkTimeoutMs: 60_000 },
      sandbox: { tier: "none", network: "on", home: "user" },
      budgets: {
        perRun: { tokens: null, usd: null },
        perIssue: { tokens: null, usd: null },
        perDay: { tokens: null, usd: null },
      },
      runner: "inline",
      onTerminate: "leave",
      journal: { kind: "sqlite", path: null },
      retention: { journalDays: 90, transcriptDays: 30, spoolDays: 7 },
      memoryReserveMb: 0,
      server: { port: null },
      unknownKeys: [],
      raw: {},
    };
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs git and gives back what it printed. */
export function git(folder: string, ...args: string[]): string {
  return execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trimEnd();
}

/** Keeps what was logged. */
export class MemoryLogger implements Logger {
  readonly lines: { level: string; message: string; fields: LogFields }[] = [];

  log(level: string, message: string, fields: LogFields = {}): void {
    this.lines.push({ level, message, fields });
  }
}

/** Never aborted. */
export const calm: AbortSignal = new AbortController().signal;
