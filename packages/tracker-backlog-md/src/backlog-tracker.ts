import { join } from "node:path";
import type {
  CommentOrder,
  CommentReceipt,
  Issue,
  IssueComment,
  Tracker,
  TrackerChanges,
  TrackerDescription,
  TransitionOrder,
  TransitionResult,
} from "@signalbox/contracts";
import { foldState, kindOf } from "./backlog-config.ts";
import { BacklogFolder } from "./backlog-folder.ts";
import type { Reading } from "./backlog-folder.ts";
import type { BacklogOptions } from "./backlog-options.ts";
import type { Backlog } from "./backlog.ts";
import { peoplesComments } from "./comments.ts";
import { findTask } from "./find-task.ts";
import { changesSince } from "./issue-changes.ts";
import { TaskWriter } from "./task-writer.ts";
import { untilAborted } from "./until-aborted.ts";

/** What the adapter needs from its host; a `PluginContext` fits. */
export interface BacklogHost {
  /** Relative paths start here. */
  readonly folder: string;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** Changes when the same text is read as other issues than before, so that old cursors lead to a full answer. */
const cursorVersion = 1;

/**
 * The task files of Backlog.md as a tracker. It reads a file again only where it has changed, writes under the program's
 * own lock, and of a file no byte but those of the fields.
 */
export class BacklogTrackerAdapter implements Tracker {
  readonly #folder: BacklogFolder;
  readonly #scope: string | null;
  readonly #writer: TaskWriter;
  #delivered: { readonly cursor: string; readonly backlog: Backlog } | null = null;
  #lastLoad: Promise<unknown> = Promise.resolve();
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(options: BacklogOptions, host: BacklogHost) {
    this.#folder = new BacklogFolder(host.folder, options.path ?? null);
    this.#scope = options.scope ?? null;
    this.#writer = new TaskWriter(() => this.#load(), host.now ?? Date.now);
  }

  async fetchIssuesByStates(
    states: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Issue[]> {
    signal.throwIfAborted();
    if (states.length === 0) return [];
    const { backlog } = await untilAborted(this.#load(), signal);
    const wanted = new Set(states.map(foldState));
    return [...backlog.issues.values()].filter(({ state }) => wanted.has(foldState(state)));
  }

  /** Throws `tracker_payload` where the file of one of the tasks exists and cannot be read. */
  async fetchIssuesByIds(ids: readonly string[], signal: AbortSignal): Promise<readonly Issue[]> {
    signal.throwIfAborted();
    if (ids.length === 0) return [];
    const { backlog } = await untilAborted(this.#load(), signal);
    return [...new Set(ids)].flatMap((id) => {
      const issue = backlog.issues.get(id);
      if (issue !== undefined) return issue;
      const error = backlog.unreadable.get(id);
      if (error !== undefined) throw error;
      return [];
    });
  }

  /** The cursor is a hash of all that was read; an unchanged file costs one `stat`. */
  async fetchChanges(cursor: string | null, signal: AbortSignal): Promise<TrackerChanges> {
    signal.throwIfAborted();
    const { backlog } = await untilAborted(this.#load(), signal);
    const current = `${cursorVersion}-${backlog.hash}`;
    if (cursor === current) return { kind: "unchanged", cursor };
    const before = this.#delivered;
    this.#delivered = { cursor: current, backlog };
    const changes = before?.cursor === cursor ? changesSince(before.backlog, backlog) : null;
    const { problems } = backlog;
    return changes === null
      ? { kind: "full", cursor: current, issues: [...backlog.issues.values()], problems }
      : { kind: "changes", cursor: current, ...changes, problems };
  }

  /** Waits for other writers for up to 20 s. A task that is nowhere is `tracker_status`. */
  async transition(
    issueId: string,
    order: TransitionOrder,
    signal: AbortSignal,
  ): Promise<TransitionResult> {
    signal.throwIfAborted();
    return this.#inTurn(() => this.#writer.move(issueId, order, signal), signal);
  }

  /** Among the comments that the program keeps in the file, with the key in an HTML comment. */
  async ensureComment(
    issueId: string,
    order: CommentOrder,
    signal: AbortSignal,
  ): Promise<CommentReceipt> {
    signal.throwIfAborted();
    return this.#inTurn(() => this.#writer.comment(issueId, order, signal), signal);
  }

  async fetchComments(
    issueId: string,
    after: string | null,
    signal: AbortSignal,
  ): Promise<readonly IssueComment[]> {
    signal.throwIfAborted();
    const { file } = findTask(await untilAborted(this.#load(), signal), issueId);
    const since = after === null ? -Infinity : Date.parse(after);
    return peoplesComments(file.content?.text ?? "", file.name)
      .filter(({ createdAt }) => Date.parse(createdAt) > since)
      .toSorted((one, other) => Date.parse(one.createdAt) - Date.parse(other.createdAt));
  }

  async describe(signal: AbortSignal): Promise<TrackerDescription> {
    signal.throwIfAborted();
    const { backlog, place, realFolder } = await untilAborted(this.#load(), signal);
    const { config, issues } = backlog;
    const states = new Map(
      config.statuses.map((name) => [foldState(name), { name, kind: kindOf(config, name) }]),
    );
    for (const { state, stateKind } of issues.values()) {
      const key = foldState(state);
      if (!states.has(key)) states.set(key, { name: state, kind: stateKind });
    }
    const folders = new Set([place.folder, realFolder]);
    const files = [...folders].flatMap((folder) => [
      join(folder, "tasks"),
      join(folder, "completed"),
    ]);
    return { scope: this.#scope ?? realFolder, url: null, states: [...states.values()], files };
  }

  /** One at a time, so that none takes another's half-read state for the last one. */
  async #load(): Promise<Reading> {
    const turn = this.#lastLoad.then(() => this.#folder.load());
    this.#lastLoad = turn.catch(() => null);
    return turn;
  }

  async #inTurn<Result>(write: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    const turn = this.#lastWrite.then(write);
    this.#lastWrite = turn.catch(() => null);
    return untilAborted(turn, signal);
  }
}
