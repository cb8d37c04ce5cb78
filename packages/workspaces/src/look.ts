import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ContainmentMount } from "@signalbox/contracts";
import {
  agentEnvironment,
  describeContainment,
  gitEnvironment,
  runCommand,
} from "@signalbox/process";
import { lookPrefix, readable } from "./agent-objects.ts";
import { agentFolder, isSandboxed } from "./agent-repository.ts";
import { Git, type GitCall, GitFailure, withoutPrograms } from "./git.ts";
import type { Worktree } from "./worktree.ts";

const megabyte = 1024 * 1024;
/** Of each git. */
const memoryBytes = 2_048 * megabyte;
const maxOutputBytes = 128 * megabyte;
const graceMs = 500;
/** What the user's git reads in the user's home. */
const settings = [".gitconfig", ".gitignore", ".gitignore_global", ".gitattributes", ".config/git"];

type Environment = Readonly<Record<string, string | undefined>>;

export interface LookOrder {
  readonly stateDir: string;
  readonly mirror: string;
  /** Of the workspace. */
  readonly key: string;
  readonly worktree: Worktree;
  /** Of git. */
  readonly environment: Environment;
}

/** With what a worktree is read once. */
export interface Look extends AsyncDisposable {
  readonly git: Pick<Git, "run">;
  /** For copies of its index: no agent can put links in their place. */
  readonly drafts: string;
}

/** Reads on the host, and leaves in the mirror what it reads. For a worktree in which nobody is at work. */
export async function openLook(order: LookOrder): Promise<Look> {
  return lookIn(order, Git.withoutSecrets(order.environment));
}

/**
 * The same where an agent in a sandbox may be at work meanwhile: in a sandbox, too, since it can put a link in the place
 * of each file and folder between git's look at it and git's reading it. What is read is thrown away again.
 */
export async function openCautiousLook(order: LookOrder): Promise<Look> {
  const isNeeded = isSandboxed(order.stateDir, order.key);
  // An agent that lives in a sandbox shows that there can be one.
  if (!isNeeded || (await describeContainment()).tier !== "bwrap") return openLook(order);
  return lookIn(order, null);
}

async function lookIn(order: LookOrder, git: Git | null): Promise<Look> {
  const own = agentFolder(order.stateDir, order.key);
  // Without that folder no agent has ever been there.
  const place = existsSync(own) ? own : order.worktree.gitDir;
  const drafts = join(place, `${lookPrefix}${randomUUID()}`);
  const remove = (): Promise<void> => rm(drafts, { recursive: true, force: true, maxRetries: 3 });
  try {
    await mkdir(drafts, { recursive: true });
    return {
      git: git ?? (await ContainedGit.open(order, drafts)),
      drafts,
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A git that can read the worktree and the mirror, and can write to one folder of its own. */
class ContainedGit implements Pick<Git, "run"> {
  readonly #mounts: readonly ContainmentMount[];
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(mounts: readonly ContainmentMount[], environment: Environment) {
    this.#mounts = mounts;
    this.#environment = gitEnvironment(agentEnvironment({ from: environment }));
  }

  static async open(
    { mirror, worktree, environment }: LookOrder,
    folder: string,
  ): Promise<ContainedGit> {
    const objects = join(folder, "objects");
    const shared = join(folder, "mirror-objects");
    await Promise.all([join(objects, "info"), shared].map((at) => mkdir(at, { recursive: true })));
    await writeFile(join(objects, "info", "alternates"), `${shared}\n`);
    const home = environment["HOME"] ?? homedir();
    const own = settings.map((name) => join(home, name)).filter((path) => existsSync(path));
    const mounts: readonly ContainmentMount[] = [
      ...[...own, worktree.path, mirror, worktree.gitDir].map(readable),
      { path: folder, source: folder, access: "write" },
      { path: join(mirror, "objects"), source: objects, access: "write" },
      { path: shared, source: join(mirror, "objects"), access: "read" },
    ];
    return new ContainedGit(mounts, environment);
  }

  async run(args: readonly string[], call: GitCall): Promise<string> {
    const limits = `ulimit -d ${memoryBytes / 1024}`;
    const { exit, stdout, stderr } = await runCommand({
      command: ["sh", "-c", `${limits} && exec git "$@"`, "git", ...withoutPrograms, ...args],
      cwd: call.folder,
      environment: { ...this.#environment, ...call.environment },
      containment: {
        tier: "bwrap",
        network: "off",
        mounts: this.#mounts,
        limits: { memoryBytes: null, processes: null, cpuSeconds: null },
        modelGate: null,
      },
      runMarker: null,
      signal: call.signal,
      timeoutMs: 0,
      graceMs,
      maxOutputBytes,
    });
    if (exit.code !== 0) throw new GitFailure(exit.code ?? -1, `${stderr.text}\n${stdout.text}`);
    if (stdout.droppedBytes === 0) return stdout.text.replace(/\n$/, "");
    throw new GitFailure(-1, `git printed more than ${maxOutputBytes / megabyte} MB`);
  }
}
