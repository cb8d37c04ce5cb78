import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, mkdir, open, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ContainmentMount, SignalboxError } from "@signalbox/contracts";
import {
  agentEnvironment,
  type CommandOrder,
  type CommandResult,
  gitEnvironment,
  runCommand,
} from "@signalbox/process";
import { GitFailure } from "./git.ts";
import { isPlainFile, plainContent } from "./plain-file.ts";
import { isMissing } from "./safe-path.ts";

const kilobyte = 1024;
const megabyte = 1024 * kilobyte;
/** Of each git; a pipe in place of an object can hold it up for ever. */
const limitMs = 5 * 60_000;
const graceMs = 500;
const memoryBytes = 2_048 * megabyte;
/** Of what is taken over at once, compressed. */
const maxPackBytes = 2_048 * megabyte;
/** `ulimit -f` counts in these. */
const blockBytes = 512;
/** As `git fetch` does it: fewer become files of their own, so that no crowd of small packs slows every git down. */
const minPacked = 100;
/** But what is large is written once only. */
const maxLooseBytes = 8 * megabyte;
/** Larger content is passed on in pieces instead of being held in memory. */
const inPieces = ["-c", `core.bigFileThreshold=${32 * megabyte}`];
const packSuffix = ".pack";
/** Of folders that are there while somebody looks at the worktree. */
export const lookPrefix = "look-";
const maxRememberedBytes = 4_096;
/** Version, number of objects: gitformat-pack(5). */
const headerBytes = 12;

export interface AgentObjectsOrder {
  readonly mirror: string;
  /** What the agent keeps between its runs. */
  readonly own: string;
  /** The git folder of its worktree, or the mirror where there is no worktree any more. */
  readonly gitDir: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The git objects that an agent in a sandbox makes: in a folder of its own, since whoever can write to the mirror's
 * can replace what others find there. The host's git never reads that folder. A git in a sandbox, which sees no more
 * than the agent did, packs what is new there, and the host's git unpacks it as if a stranger had sent it: it computes
 * every name anew, and refuses objects that lead to nothing.
 */
export class AgentObjects {
  readonly #order: AgentObjectsOrder;

  constructor(order: AgentObjectsOrder) {
    this.#order = order;
  }

  /** What the agent finds in the place of the mirror's objects. */
  get mounts(): readonly ContainmentMount[] {
    return this.#mountsFor("write");
  }

  /** To be called while nobody else is at work here: removes what a killed process has left. */
  async makeReady(): Promise<void> {
    const { objects, info, shared } = this.#places();
    const { own } = this.#order;
    const left = (await namesIn(own)).filter(
      (name) => name.endsWith(packSuffix) || name.startsWith(lookPrefix),
    );
    for (const name of left) await rm(join(own, name), { recursive: true, force: true });
    await Promise.all(
      [join(objects, "info"), info, shared].map((folder) => mkdir(folder, { recursive: true })),
    );
    await writeFile(join(info, "alternates"), `${shared}\n`);
  }

  /** What the agent stands at, where it has objects and that is not what was remembered last; else `null`. */
  async news(tips: readonly string[]): Promise<string | null> {
    const { objects, remembered } = this.#places();
    if (!(await namesIn(objects)).some((name) => name !== "info")) return null;
    const state = [...tips, await mark(join(this.#order.gitDir, "index"))].join("\n");
    const known = (await plainContent(remembered, maxRememberedBytes))?.toString();
    return state === known ? null : state;
  }

  /** To be called when what it stands for is in the mirror, and in the branches there. */
  async remember(state: string): Promise<void> {
    await writeFile(this.#places().remembered, state);
  }

  /**
   * Brings into the mirror what it lacks of these commits, and of what is staged as far as that is whole. `known`: a
   * commit that the mirror had, whose history is not gone through. Throws `GitFailure` where objects are missing or
   * broken, `workspace_git` where git takes too long, or the signal's reason. The agent's folder is not changed.
   */
  async takeOver(
    tips: readonly string[],
    known: string | null,
    signal: AbortSignal,
  ): Promise<void> {
    const isIndexed = await isPlainFile(join(this.#order.gitDir, "index"));
    const without = known === null ? [] : [`^${known}`];
    try {
      await this.#bring([...tips, ...without], isIndexed ? ["--indexed-objects"] : [], signal);
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      // A damaged index does not keep the commits back.
      await this.#bring(tips, [], signal);
    }
  }

  async #bring(
    revisions: readonly string[],
    options: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const file = join(this.#order.own, `${randomUUID()}${packSuffix}`);
    try {
      await writeFile(file, "", { mode: 0o600 });
      await this.#pack(revisions, options, file, signal);
      await this.#unpack(file, signal);
    } finally {
      await rm(file, { force: true });
    }
  }

  /** In a sandbox: what stands in the agent's folder may be links to anywhere, pipes, or made to mislead git. */
  async #pack(
    revisions: readonly string[],
    options: readonly string[],
    file: string,
    signal: AbortSignal,
  ): Promise<void> {
    const pack = ["pack-objects", "--quiet", "--revs", "--local", "--stdout", "--threads=1"];
    const limits = `ulimit -f ${maxPackBytes / blockBytes} && ulimit -d ${memoryBytes / kilobyte}`;
    const script = `${limits} && exec git "$@" >"$0"`;
    const result = await this.#run({
      command: ["sh", "-c", script, file, ...inPieces, ...pack, ...options],
      containment: {
        tier: "bwrap",
        network: "off",
        mounts: [
          ...[this.#order.mirror, this.#order.gitDir].map(readable),
          ...this.#mountsFor("read"),
          { path: file, source: file, access: "write" },
        ],
        limits: { memoryBytes: null, processes: null, cpuSeconds: null },
        modelGate: null,
      },
      stdin: `${revisions.join("\n")}\n`,
      signal,
    });
    const { size } = await lstat(file);
    if (size < maxPackBytes) return requireSuccess(result);
    throw new GitFailure(-1, `its new objects are more than ${maxPackBytes / megabyte} MB`);
  }

  async #unpack(file: string, signal: AbortSignal): Promise<void> {
    const { size, count } = await sizeOf(file);
    if (count === 0) return;
    const isLoose = count < minPacked && size < maxLooseBytes;
    const unpack = isLoose ? ["unpack-objects", "-q"] : ["index-pack", "--stdin"];
    requireSuccess(
      await this.#run({
        command: ["git", ...inPieces, ...unpack, "--strict"],
        containment: {
          tier: "none",
          network: "on",
          mounts: [],
          limits: { memoryBytes, processes: null, cpuSeconds: null },
          modelGate: null,
        },
        stdin: createReadStream(file),
        signal,
      }),
    );
  }

  async #run(
    order: Pick<CommandOrder, "command" | "containment" | "stdin" | "signal">,
  ): Promise<CommandResult> {
    const { environment, gitDir, mirror } = this.#order;
    const result = await runCommand({
      ...order,
      cwd: mirror,
      environment: {
        ...gitEnvironment(agentEnvironment({ from: environment })),
        GIT_DIR: order.containment?.tier === "bwrap" ? gitDir : mirror,
      },
      runMarker: null,
      timeoutMs: limitMs,
      graceMs,
    });
    if (!result.timedOut) return result;
    throw new SignalboxError(
      "workspace_git",
      `git had not taken over the objects in ${this.#places().objects} after ${limitMs / 1_000} s.`,
      { remedy: "Look there for pipes, which hold git up, and for very much data." },
    );
  }

  #mountsFor(access: ContainmentMount["access"]): readonly ContainmentMount[] {
    const { mirror } = this.#order;
    const { objects, info, shared } = this.#places();
    return [
      { path: join(mirror, "objects"), source: objects, access },
      { path: join(mirror, "objects", "info"), source: info, access: "read" },
      { path: shared, source: join(mirror, "objects"), access: "read" },
    ];
  }

  #places(): Places {
    const { own } = this.#order;
    return {
      objects: join(own, "objects"),
      info: join(own, "objects-info"),
      shared: join(own, "mirror-objects"),
      remembered: join(own, "taken-over"),
    };
  }
}

interface Places {
  /** The agent can write here, and has `info` covered by another folder. */
  readonly objects: string;
  /** Leads git on to `shared`. */
  readonly info: string;
  /** Empty: the mirror's objects are mounted there. Outside of a sandbox it has to exist, too, where its folder is shown. */
  readonly shared: string;
  readonly remembered: string;
}

export function readable(path: string): ContainmentMount {
  return { path, source: path, access: "read" };
}

/** Another one when the file has been written anew. */
async function mark(file: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await lstat(file, { bigint: true });
    return [ino, size, mtimeNs].join(" ");
  } catch (error) {
    if (isMissing(error)) return "none";
    throw error;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function sizeOf(pack: string): Promise<{ readonly size: number; readonly count: number }> {
  await using file = await open(pack);
  const { buffer } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
  return { size: (await file.stat()).size, count: buffer.readUInt32BE(headerBytes - 4) };
}

function requireSuccess({ exit, stderr, stdout }: CommandResult): void {
  if (exit.code !== 0) throw new GitFailure(exit.code ?? -1, `${stderr.text}\n${stdout.text}`);
}
