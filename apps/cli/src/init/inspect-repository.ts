import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import { findExecutable } from "@signalbox/process";
import { findBacklog, findRoadmap, type FileTracker } from "./file-trackers.ts";
import { gitlabOrigin, type GitlabProject } from "./gitlab-origin.ts";
import { githubOrigin } from "./github-origin.ts";

/** Agent programs that `init` knows a command for, best known first. */
const agentNames = ["claude", "codex", "gemini", "opencode"] as const;
export type AgentName = (typeof agentNames)[number];

export interface RepositoryFacts {
  /** Absolute path of the work tree's root. */
  readonly root: string;
  /** `null`: HEAD is detached and nothing else tells. */
  readonly defaultBranch: string | null;
  /** `null` where there is none. */
  readonly roadmap: FileTracker | null;
  /** Tasks of Backlog.md; `null` where there are none. */
  readonly backlog: FileTracker | null;
  /** `owner/name` of the repository on GitHub that it comes from; `null` where origin is elsewhere. */
  readonly github: string | null;
  /** The same on GitLab. */
  readonly gitlab: GitlabProject | null;
  /** Those found on PATH, in the order of `agentNames`. */
  readonly agents: readonly AgentName[];
}

/** Looks at the repository that `folder` is in, and changes nothing. Rejects where there is nothing to work on. */
export async function inspectRepository(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RepositoryFacts> {
  const root = await git(folder, environment, "rev-parse", "--show-toplevel");
  if (root === null) {
    throw new SignalboxError("repository_missing", `${folder} is not in a git work tree`, {
      remedy: "Run it in a git repository; `git init` makes one.",
    });
  }
  if ((await git(root, environment, "rev-parse", "--verify", "--quiet", "HEAD")) === null) {
    throw new SignalboxError("repository_empty", `${root} has no commit yet`, {
      remedy: "Make a first commit: agents work on copies of what is committed.",
    });
  }
  const origin = await git(root, environment, "config", "--get", "remote.origin.url");
  return {
    root,
    defaultBranch: await defaultBranch(root, environment),
    roadmap: await findRoadmap(root),
    backlog: await findBacklog(root),
    github: await githubOrigin(origin),
    gitlab: gitlabOrigin(origin, await isFile(join(root, ".gitlab-ci.yml"))),
    agents: await programsOnPath(environment["PATH"] ?? ""),
  };
}

async function defaultBranch(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  const remote = await git(
    root,
    environment,
    "symbolic-ref",
    "--short",
    "refs/remotes/origin/HEAD",
  );
  const named = remote?.replace(/^origin\//, "");
  if (named !== undefined && (await hasBranch(root, environment, named))) return named;
  return git(root, environment, "symbolic-ref", "--short", "HEAD");
}

async function hasBranch(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
  branch: string,
): Promise<boolean> {
  const reference = `refs/heads/${branch}`;
  return (await git(root, environment, "rev-parse", "--verify", "--quiet", reference)) !== null;
}

async function programsOnPath(path: string): Promise<readonly AgentName[]> {
  const found = await Promise.all(agentNames.map((name) => findExecutable(name, path)));
  return agentNames.filter((_, at) => found[at] !== null);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** What git prints, trimmed; `null` where it fails. Rejects where there is no git. */
async function git(
  cwd: string,
  environment: Readonly<Record<string, string | undefined>>,
  ...args: readonly string[]
): Promise<string | null> {
  const { promise, resolve, reject } = Promise.withResolvers<string | null>();
  execFile("git", [...args], { cwd, env: { ...environment } }, (error, stdout) => {
    if (error === null) resolve(stdout.trim());
    else if (error.code === "ENOENT") reject(gitMissing());
    else resolve(null);
  });
  return promise;
}

function gitMissing(): SignalboxError {
  return new SignalboxError("git_missing", "git is not on PATH, or the folder is gone", {
    remedy: "Install git 2.38 or newer.",
  });
}
