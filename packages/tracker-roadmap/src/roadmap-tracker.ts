import type {
  Issue,
  Logger,
  Tracker,
  TrackerChanges,
  TrackerDescription,
  TransitionOrder,
  TransitionResult,
} from "@signalbox/contracts";
import { commitFile } from "./commit-file.ts";
import type { PlacedFeature } from "./feature.ts";
import { trackerError } from "./file-error.ts";
import { StoreFinder } from "./find-store.ts";
import { changesSince } from "./issue-changes.ts";
import type { Delivered } from "./issue-changes.ts";
import { goneError } from "./plan-transition.ts";
import { issueOf, placeOf } from "./read-roadmap.ts";
import type { Roadmap } from "./read-roadmap.ts";
import { realRoadmapPath } from "./roadmap-file.ts";
import type { RoadmapOptions } from "./roadmap-options.ts";
import type { Reading, RoadmapStore } from "./roadmap-store.ts";
import { foldState, isSameState, knownStates, readStatus } from "./status.ts";
import { untilAborted } from "./until-aborted.ts";

/** What the adapter needs from its host; a `PluginContext` fits. */
export interface RoadmapHost {
  /** Relative paths start here. */
  readonly folder: string;
  readonly logger?: Logger | undefined;
}

/** Changes when the same text is read as other issues than before, so that old cursors lead to a full answer. */
const cursorVersion = 2;

/**
 * A Markdown roadmap as a tracker: each heading of level 3 is an issue, its `Status` field the state. It reads the file
 * again only where that has changed, and writes no byte but those of the `Status` value.
 */
export class RoadmapTrackerAdapter implements Tracker {
  readonly #finder: StoreFinder;
  readonly #commits: boolean;
  readonly #scope: string | null;
  readonly #logger: Logger | null;
  #read: (Reading & { readonly store: RoadmapStore }) | null = null;
  #delivered: Delivered | null = null;
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(options: RoadmapOptions, host: RoadmapHost) {
    this.#finder = new StoreFinder(host.folder, options.path ?? null);
    this.#commits = options.commit ?? false;
    this.#scope = options.scope ?? null;
    this.#logger = host.logger ?? null;
  }

  async fetchIssuesByStates(
    states: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Issue[]> {
    signal.throwIfAborted();
    if (states.length === 0) return [];
    const { roadmap } = await untilAborted(this.#load(), signal);
    const wanted = new Set(states.map(foldState));
    return listed(roadmap).filter(({ state }) => wanted.has(foldState(state)));
  }

  /** Throws `tracker_payload` where one of the features exists and its status cannot be read. */
  async fetchIssuesByIds(ids: readonly string[], signal: AbortSignal): Promise<readonly Issue[]> {
    signal.throwIfAborted();
    if (ids.length === 0) return [];
    const { roadmap, unreadable } = await untilAborted(this.#load(), signal);
    return [...new Set(ids)].flatMap((id) => {
      const issue = issueOf(roadmap, id);
      const place = placeOf(roadmap, id);
      if (issue !== null) return issue;
      if (place !== null) throw noStatus(place);
      if (unreadable[0] !== undefined) throw unreadable[0];
      return [];
    });
  }

  /** The cursor is a hash of the file: an unchanged file costs one `stat`. */
  async fetchChanges(cursor: string | null, signal: AbortSignal): Promise<TrackerChanges> {
    signal.throwIfAborted();
    const { hash, roadmap } = await untilAborted(this.#load(), signal);
    const current = `${cursorVersion}-${hash}`;
    if (cursor === current) return { kind: "unchanged", cursor };
    const before = this.#delivered;
    const after = { cursor: current, roadmap };
    this.#delivered = after;
    const changes = before?.cursor === cursor ? changesSince(before, after) : null;
    const { problems } = roadmap;
    return changes === null
      ? { kind: "full", cursor: current, issues: listed(roadmap), problems }
      : { kind: "changes", cursor: current, ...changes, problems };
  }

  /**
   * Waits for other writers for up to 20 s. A feature that is not in the file is `tracker_status`. Where `commit` is
   * set, a commit that cannot be made is logged: the file says the new state all the same.
   */
  async transition(
    issueId: string,
    order: TransitionOrder,
    signal: AbortSignal,
  ): Promise<TransitionResult> {
    signal.throwIfAborted();
    const turn = this.#lastWrite.then(() => this.#transition(issueId, order, signal));
    this.#lastWrite = turn.catch(() => null);
    return untilAborted(turn, signal);
  }

  async describe(signal: AbortSignal): Promise<TrackerDescription> {
    signal.throwIfAborted();
    const { roadmap, store } = await untilAborted(this.#load(), signal);
    const kinds = new Map<string, TrackerDescription["states"][number]>();
    for (const [name, kind] of knownStates) kinds.set(name, { name, kind });
    for (const { state, stateKind } of listed(roadmap)) {
      const key = state.toLowerCase();
      if (!kinds.has(key)) kinds.set(key, { name: state, kind: stateKind });
    }
    const real = await realRoadmapPath(store.path, store.name);
    const files = [...new Set([store.path, real])];
    return { scope: this.#scope ?? real, url: null, states: [...kinds.values()], files };
  }

  async #load(): Promise<Reading & { readonly store: RoadmapStore }> {
    const store = await this.#finder.find();
    const reading = await store.load();
    // Many programs empty a file before they write it: that is not the end of every issue.
    if (reading.roadmap.issues.length === 0 && (this.#read?.roadmap.issues.length ?? 0) > 0) {
      throw emptied(store.name);
    }
    this.#read = { ...reading, store };
    return this.#read;
  }

  async #transition(
    issueId: string,
    order: TransitionOrder,
    signal: AbortSignal,
  ): Promise<TransitionResult> {
    const store = await this.#finder.find();
    const afterwards = async (path: string, roadmap: Roadmap): Promise<void> => {
      if (this.#commits) await this.#commit(path, roadmap, issueId, order.to);
    };
    const plan = await store.move(issueId, order, afterwards, signal);
    return plan.kind === "answer" ? plan.result : this.#readBack(issueId, order.to);
  }

  async #readBack(issueId: string, state: string): Promise<TransitionResult> {
    const { roadmap, store } = await this.#load();
    const place = placeOf(roadmap, issueId);
    if (place === null) throw goneError(store.name, issueId);
    const issue = issueOf(roadmap, issueId);
    if (issue === null) return { kind: "rejected", reason: noStatus(place).message };
    const wanted = readStatus(state)?.state ?? state;
    return { kind: isSameState(issue.state, wanted) ? "confirmed" : "conflict", issue };
  }

  async #commit(path: string, roadmap: Roadmap, issueId: string, state: string): Promise<void> {
    const identifier = issueOf(roadmap, issueId)?.identifier ?? issueId;
    const commit = await commitFile(path, `Move ${identifier} to ${state.trim()}`);
    if (commit.kind !== "left") return;
    this.#logger?.log("warn", `the roadmap ${roadmap.name} was written but not committed`, {
      issue_id: issueId,
      issue_identifier: identifier,
      reason: commit.reason,
    });
  }
}

function listed({ issues }: Roadmap): readonly Issue[] {
  return issues.filter((issue) => issue !== null);
}

function emptied(name: string): Error {
  return trackerError("tracker_payload", `the roadmap ${name} has no feature any more`, {
    retryable: true,
    remedy: "Bring its features back; if they are meant to be gone, restart the daemon.",
  });
}

function noStatus({ feature, file, line }: PlacedFeature): Error {
  const message = `the Status of "${feature.title}" (${file}:${line}) is missing or empty`;
  return trackerError("tracker_payload", message, {
    remedy: "Write its state behind `- **Status:**`, for example `planned`.",
  });
}
