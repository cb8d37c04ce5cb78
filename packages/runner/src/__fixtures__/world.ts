import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  AgentConfig,
  AgentNeeds,
  Backend,
  HooksConfig,
  Issue,
  RunOrder,
  WorkflowConfig,
} from "@signalbox/contracts";
import { WorkspaceManager } from "@signalbox/workspaces";
import { InlineRunHost } from "../inline-run-host.ts";
import { configOf } from "./config.ts";
import { ManualClock } from "./manual-clock.ts";

export interface WorldOrder {
  readonly backend: Backend;
  readonly kind?: "git" | "folder";
  readonly hooks?: Partial<HooksConfig>;
  readonly agent?: Partial<AgentConfig>;
  readonly sandbox?: WorkflowConfig["sandbox"];
  /** What the backend needs of a sandbox. Default: it does without one. */
  readonly needs?: AgentNeeds;
  /** The home of whoever runs the daemon. Default: that of whoever runs the tests. */
  readonly userHome?: string;
  readonly template?: string;
  /** Beside that of the tests. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs while the backend is loaded, between the hooks and the agent. */
  readonly onLoad?: (config: WorkflowConfig) => void;
}

/** A host with real workspaces, and a clock that stands still. */
export interface World extends AsyncDisposable {
  readonly folder: string;
  readonly config: WorkflowConfig;
  readonly clock: ManualClock;
  readonly host: InlineRunHost;
  readonly logged: string[];
  readonly killed: string[];
  readonly order: (more?: Partial<RunOrder>) => RunOrder;
}

export function createWorld(order: WorldOrder): World {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-runner-"));
  const config = worldConfig(folder, order);
  if (config.workspace.kind === "git") createRepository(config.workspace.repository);
  const clock = new ManualClock();
  const logged: string[] = [];
  const killed: string[] = [];
  const host = new InlineRunHost({
    workspaces: new WorkspaceManager(config),
    loadBackend: async (given) => {
      order.onLoad?.(given);
      return order.backend;
    },
    agentNeeds: async () => order.needs ?? null,
    environment: { ...process.env, ...order.environment, ...(order.userHome === undefined ? {} : { HOME: order.userHome }) },
    stateDir: config.stateDir,
    clock,
    logger: {
      log: (level, message, fields) =>
        void logged.push(`${level}: ${message} ${JSON.stringify(fields)}`),
    },
    killStrays: async (marker) => void killed.push(marker),
  });
  return {
    folder,
    config,
    clock,
    host,
    logged,
    killed,
    order: (more = {}) => ({
      runId: "run-1",
      epoch: 1,
      endsAfter: null,
      issue: issueOf("first"),
      attempt: null,
      retryKind: null,
      feedback: null,
      resumeSessionId: null,
      config,
      ...more,
    }),
    [Symbol.asyncDispose]: async () => {
      await host.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function worldConfig(folder: string, { kind, hooks, agent, sandbox, template }: WorldOrder): WorkflowConfig {
  const base = configOf();
  const stateDir = join(folder, "state");
  return {
    ...base,
    stateDir,
    workspace: {
      kind: kind ?? "folder",
      root: join(stateDir, "workspaces"),
      repository: join(folder, "repository"),
      base: null,
    },
    hooks: { ...base.hooks, ...hooks },
    agent: { ...base.agent, ...agent },
    sandbox: sandbox ?? base.sandbox,
    prompt: { ...base.prompt, template: template ?? base.prompt.template },
  };
}

export function issueOf(name: string): Issue {
  return {
    id: `id-${name}`,
    identifier: name,
    title: `The ${name} thing`,
    description: null,
    state: "planned",
    stateKind: "unstarted",
    priority: null,
    labels: [],
    blockedBy: [],
    assignee: null,
    branchName: null,
    url: null,
    createdAt: null,
    updatedAt: null,
    notDispatchable: null,
    nativeRef: {},
  };
}

function createRepository(folder: string): void {
  mkdirSync(folder, { recursive: true });
  git(folder, "init", "--quiet", "--initial-branch=main");
  writeFileSync(join(folder, "README.md"), "A repository.\n");
  git(folder, "add", ".");
  git(folder, "commit", "--quiet", "--message=Begin");
}

/** git, with an author and without the configuration of whoever runs the tests. */
export function git(cwd: string, ...args: readonly string[]): string {
  const author = { NAME: "Test", EMAIL: "test@localhost" };
  return execFileSync("git", args, {
    cwd,
    encoding: "utf8",
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: author.NAME,
      GIT_AUTHOR_EMAIL: author.EMAIL,
      GIT_COMMITTER_NAME: author.NAME,
      GIT_COMMITTER_EMAIL: author.EMAIL,
    },
  });
}
