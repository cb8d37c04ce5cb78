import { hash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SignalboxError } from "@signalbox/contracts";
import type { TransitionOrder } from "@signalbox/contracts";
import { assembleShards } from "./assemble-shards.ts";
import { codeOf, fileError, notAFile, payload } from "./file-error.ts";
import { goneError, planTransition, saysState } from "./plan-transition.ts";
import type { TransitionPlan } from "./plan-transition.ts";
import { placeOf, readFeatures } from "./read-roadmap.ts";
import type { Roadmap } from "./read-roadmap.ts";
import { readRoadmapFile, writtenContent } from "./roadmap-file.ts";
import type { FileContent } from "./roadmap-file.ts";
import type { Reading, RoadmapStore } from "./roadmap-store.ts";
import { readShard, readShardIndex } from "./shard.ts";
import type { Shard, ShardIndex } from "./shard.ts";
import { updateFile } from "./write-file.ts";

const indexName = "_meta.md";
const maxShards = 20_000;
/** Read at a time. */
const width = 32;
/** A shard that is being replaced is away for a moment. */
const replacementMs = 30;
const looks = 5;
const maxMoves = 5;

interface FolderReading extends Reading {
  readonly index: ShardIndex | null;
  /** By file name. */
  readonly shards: ReadonlyMap<string, Shard>;
}

/** A roadmap in a folder: one file for each feature, and `_meta.md` with the order of the milestones. */
export class FolderStore implements RoadmapStore {
  readonly path: string;
  readonly name: string;
  #read: FolderReading | null = null;

  constructor(path: string, name: string) {
    this.path = path;
    this.name = name;
  }

  async load(): Promise<Reading> {
    this.#read = await this.#loadWhole();
    return this.#read;
  }

  async move(
    issueId: string,
    order: TransitionOrder,
    afterwards: (path: string, roadmap: Roadmap) => Promise<void>,
    signal: AbortSignal,
  ): Promise<TransitionPlan> {
    for (let attempt = 1; attempt <= maxMoves; attempt += 1) {
      const reading = await this.#loadWhole();
      this.#read = reading;
      const file = placeOf(reading.roadmap, issueId)?.file;
      const known = [...reading.shards].find(([, shard]) => shard.file === file);
      if (known === undefined) throw goneError(this.name, issueId);
      const plan = await this.#moveIn(known[0], issueId, order, afterwards, signal);
      if (plan !== null) return plan;
    }
    throw goneError(this.name, issueId);
  }

  /** `null` where the issue does not stand in that shard any more. */
  async #moveIn(
    fileName: string,
    issueId: string,
    order: TransitionOrder,
    afterwards: (path: string, roadmap: Roadmap) => Promise<void>,
    signal: AbortSignal,
  ): Promise<TransitionPlan | null> {
    const decided: { plan: TransitionPlan | null; reading: FolderReading | null } = {
      plan: null,
      reading: null,
    };
    const file = this.#fileOf(fileName);
    const change = (text: string): string | null => {
      const reading = this.#with(fileName, text);
      const { roadmap } = reading;
      decided.plan = null;
      decided.reading = reading;
      if (placeOf(roadmap, issueId)?.file !== file) return null;
      const reread = (next: string): Roadmap => {
        decided.reading = this.#with(fileName, next);
        return decided.reading.roadmap;
      };
      decided.plan = planTransition({ roadmap, text, reread }, issueId, order);
      return decided.plan.kind === "write" ? decided.plan.text : null;
    };
    const onWritten = async (path: string): Promise<void> => {
      const { plan, reading } = decided;
      if (plan === null || reading === null || !saysState(plan)) return;
      // Taken as read, so that it is not mistaken for a save in progress.
      if (plan.kind === "write") this.#read = reading;
      await afterwards(path, reading.roadmap);
    };
    const path = join(this.path, fileName);
    try {
      const known = contentOf(this.#read, fileName);
      await updateFile({ path, name: file, known, change, afterwards: onWritten }, signal);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
    return decided.plan;
  }

  /** The reading with another text in one of the shards. */
  #with(fileName: string, text: string): FolderReading {
    const shards = new Map(this.#read?.shards);
    const content = writtenContent(text);
    const known = shards.get(fileName);
    if (known?.content.hash !== content.hash)
      shards.set(fileName, this.#shardOf(fileName, content));
    return this.#assemble(this.#read?.index ?? null, shards, this.#read?.unreadable ?? []);
  }

  async #loadWhole(): Promise<FolderReading> {
    for (let look = 1; ; look += 1) {
      const isLast = look === looks;
      try {
        const names = await this.#list();
        const present = new Set(names);
        const isWhole = [...(this.#read?.shards.keys() ?? [])].every((name) => present.has(name));
        if (isWhole || isLast) return await this.#readShards(names);
      } catch (error) {
        if (isLast || !isMissing(error)) throw error;
      }
      await sleep(replacementMs);
    }
  }

  /** Its Markdown files, sorted. */
  async #list(): Promise<readonly string[]> {
    let names: readonly string[];
    try {
      names = await readdir(this.path);
    } catch (error) {
      throw fileError(error, this.path, this.name);
    }
    const shards = names.filter((name) => name.endsWith(".md") && !name.startsWith("."));
    if (shards.length === 0 && this.#read === null) {
      throw notAFile(this.path, this.name, "is a folder without a Markdown file");
    }
    if (shards.length <= maxShards) return shards.toSorted();
    throw payload(this.name, `has more than ${maxShards} files`, "Move what is done elsewhere.");
  }

  async #readShards(names: readonly string[]): Promise<FolderReading> {
    const contents = await inTurns(names, (name) => this.#readFile(name));
    const unreadable: SignalboxError[] = [];
    let index: ShardIndex | null = null;
    const shards = new Map<string, Shard>();
    for (const [at, name] of names.entries()) {
      const content = contents[at];
      if (content === undefined) continue;
      if (content instanceof Error) unreadable.push(content);
      else if (name === indexName) index = this.#indexOf(content);
      else if (!name.startsWith("_")) shards.set(name, this.#shardOf(name, content));
    }
    return this.#assemble(index, shards, unreadable);
  }

  /**
   * What cannot be read and never could be is one malformed record. Where features of it are known, it fails the call: they
   * are not gone.
   */
  async #readFile(name: string): Promise<FileContent | SignalboxError> {
    try {
      const known = contentOf(this.#read, name);
      return await readRoadmapFile(join(this.path, name), this.#fileOf(name), known);
    } catch (error) {
      const isMalformed = SignalboxError.isInstance(error) && error.code === "tracker_payload";
      if (isMalformed && name !== indexName && !this.#read?.shards.has(name)) return error;
      throw error;
    }
  }

  /** The one that is known where its text is the same. */
  #shardOf(name: string, content: FileContent): Shard {
    const known = this.#read?.shards.get(name);
    if (known?.content.hash !== content.hash) {
      return readShard(content, this.#fileOf(name), name.slice(0, -".md".length));
    }
    return known.content === content ? known : { ...known, content };
  }

  #indexOf(content: FileContent): ShardIndex {
    const known = this.#read?.index;
    if (known?.content.hash !== content.hash)
      return readShardIndex(content, this.#fileOf(indexName));
    return known.content === content ? known : { ...known, content };
  }

  #assemble(
    index: ShardIndex | null,
    shards: ReadonlyMap<string, Shard>,
    unreadable: readonly SignalboxError[],
  ): FolderReading {
    const before = this.#read;
    const parts = [...shards].flatMap(([name, { content }]) => [name, content.hash]);
    const told = unreadable.map(({ message }) => message);
    const whole = [index?.content.hash ?? "", ...parts, ...told].join("\n");
    const digest = hash("sha256", whole, "hex");
    if (before?.hash === digest) return { ...before, index, shards, unreadable };
    const list = assembleShards(this.name, index, [...shards.values()], unreadable);
    return {
      hash: digest,
      roadmap: readFeatures(list, before?.roadmap ?? null),
      index,
      shards,
      unreadable,
    };
  }

  #fileOf(name: string): string {
    return `${this.name}/${name}`;
  }
}

function contentOf(reading: FolderReading | null, name: string): FileContent | null {
  const known = name === indexName ? reading?.index : reading?.shards.get(name);
  return known?.content ?? null;
}

function isMissing(error: unknown): boolean {
  return SignalboxError.isInstance(error) && codeOf(error.cause) === "ENOENT";
}

/** The results in the order of the items; a few at a time. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += width) {
    results.push(...(await Promise.all(items.slice(at, at + width).map(work))));
  }
  return results;
}
