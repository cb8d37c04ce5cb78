import { SignalboxError, type Journal } from "@signalbox/contracts";
import { createEmptyState, hashState, type OrchestratorState } from "@signalbox/core";
import { loadBase, replaySteps } from "./replay.ts";

/** Whether the snapshots of a journal say what its entries say. */
export interface ReplayVerdict {
  /** The entry after which the folding began: 0, or that of the oldest snapshot where entries were compacted away. */
  readonly from: number;
  /** The last entry. */
  readonly version: number;
  /** Of the state after the last entry. */
  readonly hash: string;
  /** Oldest first, without the one that the folding began with. */
  readonly snapshots: readonly SnapshotVerdict[];
}

export interface SnapshotVerdict {
  readonly seq: number;
  /** Of the state that it holds. */
  readonly hash: string;
  /** Of the entries up to there; `null`: the journal ends before. */
  readonly foldedHash: string | null;
}

/**
 * Folds every entry there is, and compares the state with each snapshot on the way. Needs no ownership. Rejects as
 * `replay` does.
 */
export async function verifyReplay(journal: Journal): Promise<ReplayVerdict> {
  const snapshots = await snapshotHashes(journal);
  const base = (await isWhole(journal))
    ? { state: createEmptyState(), version: 0 }
    : await loadBase(journal, Math.min(...snapshots.keys()));
  const folded = new Map<number, string>();
  let { state, version }: { state: OrchestratorState; version: number } = base;
  for await (const step of replaySteps(journal, base)) {
    ({ state } = step);
    version = step.entry.seq;
    if (snapshots.has(version)) folded.set(version, hashState(state));
  }
  return {
    from: base.version,
    version,
    hash: hashState(state),
    snapshots: [...snapshots]
      .filter(([seq]) => seq > base.version)
      .map(([seq, hash]) => ({ seq, hash, foldedHash: folded.get(seq) ?? null }))
      .toSorted((a, b) => a.seq - b.seq),
  };
}

/** Entry → hash of the snapshot after it. One snapshot is in memory at a time. */
async function snapshotHashes(journal: Journal): Promise<ReadonlyMap<number, string>> {
  const hashes = new Map<number, string>();
  for (let upTo: number | undefined; ;) {
    const { state, version } = await loadBase(journal, upTo);
    if (version === 0) return hashes;
    hashes.set(version, hashState(state));
    upTo = version - 1;
  }
}

/** Whether the entries are there from the first one on. */
async function isWhole(journal: Journal): Promise<boolean> {
  try {
    for await (const _ of journal.read(0)) break;
    return true;
  } catch (error) {
    if (SignalboxError.isInstance(error) && error.code === "journal_compacted") return false;
    throw error;
  }
}
