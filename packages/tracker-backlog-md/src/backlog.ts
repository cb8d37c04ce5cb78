import type { Issue, IssueBlocker, SignalboxError, TrackerProblem } from "@signalbox/contracts";
import { type BacklogConfig, kindOf, rankOf } from "./backlog-config.ts";
import { isTask } from "./task-file.ts";
import type { TaskFile } from "./task-file.ts";
import { canonicalId, compareIds } from "./task-id.ts";
import type { TaskRecord } from "./task-record.ts";

/** A backlog as it was read at one moment. */
export interface Backlog {
  /** Hash of all that was read. */
  readonly hash: string;
  readonly config: BacklogConfig;
  /** By id, in its order. */
  readonly issues: ReadonlyMap<string, Issue>;
  /** The files of an id: more than one where it is there twice. */
  readonly files: ReadonlyMap<string, readonly TaskFile[]>;
  /** Why files could not be read, by the id that their name says. */
  readonly unreadable: ReadonlyMap<string, SignalboxError>;
  readonly problems: readonly TrackerProblem[];
}

interface Entry {
  readonly file: TaskFile;
  readonly task: TaskRecord;
}

const maxProblems = 200;

export function makeBacklog(
  hash: string,
  config: BacklogConfig,
  read: readonly TaskFile[],
): Backlog {
  const problems: TrackerProblem[] = [];
  const unreadable = new Map<string, SignalboxError>();
  const found = new Map<string, Entry[]>();
  for (const file of read) {
    const { task } = file;
    if (isTask(task)) {
      const entry = { file, task };
      const known = found.get(task.id);
      if (known === undefined) found.set(task.id, [entry]);
      else known.push(entry);
    } else {
      unreadable.set(file.idByName, task);
      problems.push({ where: file.name, message: task.message, remedy: task.remedy });
    }
  }
  const issues = new Map<string, Issue>();
  for (const id of [...found.keys()].toSorted(compareIds)) {
    const [first, ...others] = found.get(id) ?? [];
    if (first === undefined) continue;
    const twice = others.length === 0 ? null : twiceThere(id, [first, ...others]);
    if (twice !== null) problems.push(twice);
    const blockedBy = blockersOf(first, config, found, unreadable, problems);
    issues.set(id, toIssue(first, config, blockedBy, twice?.message ?? null));
  }
  const files = new Map([...found].map(([id, entries]) => [id, entries.map(({ file }) => file)]));
  return { hash, config, issues, files, unreadable, problems: problems.slice(0, maxProblems) };
}

function toIssue(
  { file, task }: Entry,
  config: BacklogConfig,
  blockedBy: readonly IssueBlocker[],
  notDispatchable: string | null,
): Issue {
  const { id, title, description, status, labels, assignee, createdAt, updatedAt } = task;
  return {
    id,
    identifier: id,
    title,
    description,
    state: status,
    stateKind: stateKindOf({ file, task }, config),
    priority: rankOf(config, task.priority),
    labels,
    blockedBy,
    assignee,
    branchName: null,
    url: null,
    createdAt,
    updatedAt,
    notDispatchable,
    nativeRef: { file: file.name, parent: task.parent, milestone: task.milestone },
  };
}

function stateKindOf({ file, task }: Entry, config: BacklogConfig): Issue["stateKind"] {
  return file.isCompleted ? "completed" : kindOf(config, task.status);
}

function blockersOf(
  { file, task }: Entry,
  config: BacklogConfig,
  found: ReadonlyMap<string, readonly Entry[]>,
  unreadable: ReadonlyMap<string, SignalboxError>,
  problems: TrackerProblem[],
): readonly IssueBlocker[] {
  const prefix = task.id.slice(0, task.id.indexOf("-"));
  return [...new Set(task.dependencies)].map((written) => {
    const id = canonicalId(written, prefix) ?? "";
    const [blocker] = found.get(id) ?? [];
    if (blocker !== undefined && id !== task.id) {
      const { status: state } = blocker.task;
      return { id, identifier: id, state, stateKind: stateKindOf(blocker, config) };
    }
    const isUnreadable = unreadable.has(id);
    if (!isUnreadable) problems.push(unresolved(file.name, written, id === task.id));
    return { id: isUnreadable ? id : null, identifier: written, state: null, stateKind: null };
  });
}

function unresolved(where: string, written: string, isItself: boolean): TrackerProblem {
  const what = isItself ? "is this task itself" : "is no task, and blocks this one";
  return {
    where,
    message: `the dependency ${written} ${what}`,
    remedy: "Correct or remove it under `dependencies`: an archived task or a draft resolves none.",
  };
}

function twiceThere(id: string, entries: readonly Entry[]): TrackerProblem {
  const names = entries.map(({ file }) => file.name);
  return {
    where: names[0] ?? id,
    message: `${names.length} files have the id ${id}: ${names.join(", ")}`,
    remedy: "Give all but one of them an id of its own, or remove them.",
  };
}
