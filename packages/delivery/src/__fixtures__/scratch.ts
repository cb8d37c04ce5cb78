import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { DeliveryConfig, DeliveryOrder, WorkflowConfig, WorkspaceRef } from "@signalbox/contracts";

const user = "[user]\n\tname = Tester\n\temail = tester@example.invalid\n";

/** A temporary folder with a repository `source` of one commit, and the configuration that works on it. */
export class Scratch {
  readonly folder: string = realpathSync(mkdtempSync(join(tmpdir(), "signalbox-delivery-")));
  readonly repository: string = join(this.folder, "source");
  readonly stateDir: string = join(this.folder, "state");
  readonly root: string = join(this.folder, "root");
  readonly mirror: string = join(this.stateDir, "mirror.git");

  constructor() {
    mkdirSync(this.repository);
    git(this.repository, "init", "--quiet", "--initial-branch=main");
    appendFileSync(join(this.repository, ".git/config"), user);
    this.commit("README.md", "first\n");
  }

  /** Writes and commits one file of the source repository. */
  commit(file: string, content: string, folder = this.repository): string {
    this.write(join(folder, file), content);
    git(folder, "add", "--all");
    git(folder, "commit", "--quiet", "-m", `Write ${file}`);
    return git(folder, "rev-parse", "HEAD");
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** A worktree of the mirror on its own branch, as `@signalbox/workspaces` makes it. */
  workspace(key: string): WorkspaceRef {
    if (!existsSync(this.mirror)) {
      mkdirSync(this.stateDir, { recursive: true });
      git(this.stateDir, "init", "--quiet", "--bare", "mirror.git");
      const origin = `[remote "origin"]\n\turl = ${this.repository}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`;
      appendFileSync(join(this.mirror, "config"), user + origin);
    }
    git(this.mirror, "fetch", "--quiet", "--prune", "origin");
    const baseCommit = git(this.mirror, "rev-parse", "refs/remotes/origin/main");
    const path = join(this.root, key);
    const branch = `signalbox/${key}`;
    git(this.mirror, "worktree", "add", "--quiet", "--no-track", "-b", branch, path, baseCommit);
    return { issueId: `id-${key}`, identifier: key, key, path, branch, baseCommit };
  }

  order(workspace: WorkspaceRef, title = "A title"): DeliveryOrder {
    return {
      key: `deliver-${workspace.key}`,
      issueIdentifier: workspace.identifier,
      issueTitle: title,
      workspace,
    };
  }

  config(delivery: Partial<DeliveryConfig>, repository = this.repository): WorkflowConfig {
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
      workspace: { kind: "git", root: this.root, repository, base: "main" },
      hooks: { afterCreate: null, beforeRun: null, afterRun: null, beforeRemove: null, timeoutMs: 1 },
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
      delivery: { kind: "merge", into: null, check: null, checkTimeoutMs: 20_000, ...delivery },
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

/** Never aborted. */
export const calm: AbortSignal = new AbortController().signal;
