import type {
  CommentOrder,
  CommentReceipt,
  TransitionOrder,
  TransitionResult,
} from "@signalbox/contracts";
import { foldState, knownStatus } from "./backlog-config.ts";
import type { Reading } from "./backlog-folder.ts";
import { withComment, writtenAt } from "./comments.ts";
import { withStatus, withUpdatedDate } from "./edit-task.ts";
import { trackerError } from "./file-error.ts";
import { findTask } from "./find-task.ts";
import type { FoundTask } from "./find-task.ts";
import { isTask, taskIn } from "./task-file.ts";
import { lockPath } from "./task-lock.ts";
import { updateTask } from "./write-task.ts";

/** The program moves a task's file where its title changes. */
const maxMoves = 5;

/** Writes into the files of tasks, wherever the program moves them meanwhile. */
export class TaskWriter {
  readonly #load: () => Promise<Reading>;
  readonly #now: () => number;

  /**
   * @param load reads the backlog as it stands.
   * @param now milliseconds since 1970.
   */
  constructor(load: () => Promise<Reading>, now: () => number) {
    this.#load = load;
    this.#now = now;
  }

  async move(
    issueId: string,
    order: TransitionOrder,
    signal: AbortSignal,
  ): Promise<TransitionResult> {
    const reading = await this.#load();
    const { backlog, place } = reading;
    findTask(reading, issueId);
    const held = backlog.issues.get(issueId)?.notDispatchable ?? null;
    if (held !== null) return { kind: "rejected", reason: held };
    const { statuses } = backlog.config;
    const to = knownStatus(statuses, order.to);
    if (to === null) {
      const wanted = JSON.stringify(order.to);
      const reason = `the backlog ${place.name} has no status ${wanted}: it has ${statuses.join(", ")}`;
      return { kind: "rejected", reason };
    }
    const decided: { reason: string | null } = { reason: null };
    await this.#edit(issueId, signal, (text, { file, task }) => {
      decided.reason = null;
      const isThere = foldState(task.status) === foldState(to);
      const isExpected = order.from === null || foldState(task.status) === foldState(order.from);
      if (isThere || !isExpected) return null;
      if (file.isCompleted) decided.reason = `${issueId} is among the completed tasks`;
      const changed = file.isCompleted ? null : withStatus(text, to, this.#now());
      if (changed === null)
        decided.reason ??= `the file of ${issueId} (${file.name}) cannot say the status ${to}`;
      return changed;
    });
    return decided.reason === null
      ? this.#readBack(issueId, to)
      : { kind: "rejected", reason: decided.reason };
  }

  async comment(
    issueId: string,
    order: CommentOrder,
    signal: AbortSignal,
  ): Promise<CommentReceipt> {
    const written: { at: string | null } = { at: null };
    await this.#edit(issueId, signal, (text, { file: { name } }) => {
      const now = this.#now();
      const changed = withComment(text, name, order, now);
      written.at = writtenAt(changed ?? text, name, order.key);
      return changed === null ? null : withUpdatedDate(changed, now);
    });
    return { writtenAt: written.at };
  }

  async #readBack(issueId: string, state: string): Promise<TransitionResult> {
    const reading = await this.#load();
    const { task } = findTask(reading, issueId);
    const issue = reading.backlog.issues.get(issueId);
    if (issue === undefined) throw new TypeError(`${issueId} has a file and is no issue`);
    return { kind: foldState(task.status) === foldState(state) ? "confirmed" : "conflict", issue };
  }

  /** `change` gets the file's text under its lock, and what the task is by it. */
  async #edit(
    issueId: string,
    signal: AbortSignal,
    change: (text: string, found: FoundTask) => string | null,
  ): Promise<void> {
    for (let attempt = 1; attempt <= maxMoves; attempt += 1) {
      const reading = await this.#load();
      const { file, task } = findTask(reading, issueId);
      const { prefix } = reading.backlog.config;
      const { path, name } = file;
      let isThere = false;
      const update = {
        path,
        name,
        lock: lockPath(reading.realFolder, task.writtenId),
        change: (text: string | null): string | null => {
          const now = text === null ? null : taskIn(text, name, prefix);
          isThere = now !== null && isTask(now) && now.id === issueId;
          if (text === null || now === null || !isTask(now) || !isThere) return null;
          return change(text, { file, task: now });
        },
      };
      await updateTask(update, signal);
      if (isThere) return;
    }
    throw trackerError("tracker_payload", `the file of ${issueId} keeps moving`, {
      remedy: "See what else moves or rewrites it.",
      retryable: true,
    });
  }
}
