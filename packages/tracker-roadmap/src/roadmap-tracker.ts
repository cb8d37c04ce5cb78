import { hash } from "node:crypto";
import { homedir } from "node:os";
import { resolve } from "node:path";
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
import { changesSince } from "./issue-changes.ts";
import type { Delivered } from "./issue-changes.ts";
import { goneError, planTransition } from "./plan-transition.ts";
import type { TransitionPlan } from "./plan-transition.ts";
import { issueOf, placeOf, readRoadmap } from "./read-roadmap.ts";
import type { RoadmapText } from "./read-roadmap.ts";
import { readRoadmapFile, realRoadmapPath } from "./roadmap-file.ts";
import type { FileContent } from "./roadmap-file.ts";
import type { RoadmapOptions } from "./roadmap-options.ts";
import { foldState, knownStates } from "./status.ts";
import { untilAborted } from "./until-aborted.ts";
import { updateFile } from "./write-file.ts";

/** What the adapter needs from its host; a `PluginContext` fits. */
export interface RoadmapHost {
  /** Relative paths start here. */
  readonly folder: string;
  readonly logger?: Logger | undefined;
}

/** Changes when the same text is read as other issues than before, so that old cursors lead to a full answer. */
const cursorVersion = 1;

/**
 * A Markdown roadmap as a tracker: each heading of level 3 is an issue, its `Status` field the state. It reads the file
 * again only where that has changed, and writes no byte but those of the `Status` value.
 */
export class RoadmapTrackerAdapter implements Tracker {
  readonly #path: string;
  /** The path as the user wrote it, for messages. */
  readonly #name: string;
  readonly #commits: boolean;
  readonly #scope: string | null;
  readonly #logger: Logger | null;
  #read: { readonly file: FileContent; readonly roadmap: RoadmapText } | null = null;
  #delivered: Delivered | null = null;
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(options: RoadmapOptions, host: RoadmapHost) {
    this.#name = options.path ?? "docs/roadmap.md";
    this.#path = resolve(
      host.folder,
      this.#name.replace(/^~(?=\/|$)/, () => homedir()),
    );
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
    const { roadmap } = await untilAborted(this.#load(), signal);
    return [...new Set(ids)].flatMap((id) => {
      const issue = issueOf(roadmap, id);
      const place = placeOf(roadmap, id);
      if (issue === null && place !== null) throw unreadable(this.#name, place);
      return issue ?? [];
    });
  }

  /** The cursor is a hash of the file: an unchanged file costs one `stat`. */
  async fetchChanges(cursor: string | null, signal: AbortSignal): Promise<TrackerChanges> {
    signal.throwIfAborted();
    const { file, roadmap } = await untilAborted(this.#load(), signal);
    const current = `${cursorVersion}-${file.hash}`;
    if (cursor === current) return { kind: "unchanged", cursor };
    const before = this.#delivered;
    const issues = listed(roadmap);
    const after = { cursor: current, issues: new Map(issues.map((issue) => [issue.id, issue])) };
    this.#delivered = after;
    const changes = before?.cursor === cursor ? changesSince(before, after) : null;
    const { problems } = roadmap;
    return changes === null
      ? { kind: "full", cursor: current, issues, problems }
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
    const { roadmap } = await untilAborted(this.#load(), signal);
    const kinds = new Map<string, TrackerDescription["states"][number]>();
    for (const [name, kind] of knownStates) kinds.set(name, { name, kind });
    for (const { state, stateKind } of listed(roadmap)) {
      const key = state.toLowerCase();
      if (!kinds.has(key)) kinds.set(key, { name: state, kind: stateKind });
    }
    const path = await realRoadmapPath(this.#path, this.#name);
    const files = [...new Set([this.#path, path])];
    return { scope: this.#scope ?? path, url: null, states: [...kinds.values()], files };
  }

  async #load(): Promise<{ readonly file: FileContent; readonly roadmap: RoadmapText }> {
    const known = this.#read;
    const file = await readRoadmapFile(this.#path, this.#name, known?.file ?? null);
    const roadmap =
      known?.file.hash === file.hash
        ? known.roadmap
        : readRoadmap(file.text, this.#name, known?.roadmap);
    // Many programs empty a file before they write it: that is not the end of every issue.
    if (roadmap.issues.length === 0 && (known?.roadmap.issues.length ?? 0) > 0) {
      throw emptied(this.#name);
    }
    this.#read = { file, roadmap };
    return this.#read;
  }

  async #transition(
    issueId: string,
    order: TransitionOrder,
    signal: AbortSignal,
  ): Promise<TransitionResult> {
    const decided: { plan: TransitionPlan | null } = { plan: null };
    const change = (text: string): string | null => {
      decided.plan = planTransition(this.#readText(text), issueId, order);
      return decided.plan.kind === "write" ? decided.plan.next.text : null;
    };
    const afterwards = async (path: string): Promise<void> => {
      if (decided.plan?.kind === "write") this.#remember(decided.plan.next);
      else if (decided.plan?.result.kind !== "confirmed") return;
      if (this.#commits) await this.#commit(path, issueId, order.to);
    };
    await updateFile({ path: this.#path, name: this.#name, change, afterwards }, signal);
    return decided.plan?.kind === "answer"
      ? decided.plan.result
      : this.#readBack(issueId, order.to);
  }

  async #readBack(issueId: string, state: string): Promise<TransitionResult> {
    const { roadmap } = await this.#load();
    const plan = planTransition(roadmap, issueId, { from: null, to: state, key: "" });
    if (plan.kind === "answer") return plan.result;
    const issue = issueOf(roadmap, issueId);
    if (issue === null) throw goneError(this.#name, issueId);
    return { kind: "conflict", issue };
  }

  async #commit(path: string, issueId: string, state: string): Promise<void> {
    const read = this.#read?.roadmap;
    const identifier = (read && issueOf(read, issueId)?.identifier) ?? issueId;
    const commit = await commitFile(path, `Move ${identifier} to ${state.trim()}`);
    if (commit.kind !== "left") return;
    this.#logger?.log("warn", `the roadmap ${this.#name} was written but not committed`, {
      issue_id: issueId,
      issue_identifier: identifier,
      reason: commit.reason,
    });
  }

  #readText(text: string): RoadmapText {
    const known = this.#read?.roadmap ?? null;
    return known?.text === text ? known : readRoadmap(text, this.#name, known);
  }

  /** Takes what was just written as read, so that it is neither parsed again nor mistaken for a save in progress. */
  #remember(roadmap: RoadmapText): void {
    const { text } = roadmap;
    const file = { text, hash: hash("sha256", text, "hex"), stamp: "", isSettled: false };
    this.#read = { file, roadmap };
  }
}

function listed({ issues }: RoadmapText): readonly Issue[] {
  return issues.filter((issue) => issue !== null);
}

function emptied(name: string): Error {
  return trackerError("tracker_payload", `the roadmap ${name} has no feature any more`, {
    retryable: true,
    remedy: "Bring its features back; if they are meant to be gone, restart the daemon.",
  });
}

function unreadable(name: string, { feature, line }: PlacedFeature): Error {
  const message = `the Status of "${feature.title}" (${name}:${line}) is missing or empty`;
  return trackerError("tracker_payload", message, {
    remedy: "Write its state behind `- **Status:**`, for example `planned`.",
  });
}
