import type { Issue, IssueBlocker, TrackerProblem } from "@signalbox/contracts";
import { foldState, priorityOf, readPriority } from "@signalbox/http-tracker";
import type { AuthorRule } from "./author-rule.ts";
import type { BlockerRef, Blockers } from "./blockers.ts";
import type { IssueRecord } from "./issue-record.ts";
import type { Project } from "./project.ts";
import type { RepositoryPath } from "./repository-path.ts";
import { settleState } from "./state-source.ts";
import type { ClosedStates, StateSource } from "./state-source.ts";
import { toIssue } from "./to-issue.ts";

export interface ReaderParts {
  readonly path: RepositoryPath;
  readonly source: StateSource;
  readonly closed: ClosedStates;
  readonly blockers: Blockers;
  readonly authors: AuthorRule;
  /** `null`: priorities come from labels. */
  readonly priorityField: { readonly project: Project; readonly name: string } | null;
  readonly claimLabel: string | null;
}

/** A record with what it waits for: all that its issue follows from. */
export interface ReadIssue {
  readonly record: IssueRecord;
  readonly refs: readonly BlockerRef[];
}

/** Makes issues of records. */
export class IssueReader {
  readonly #parts: ReaderParts;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** States or priorities come from a project: they change without a change of the issue. */
  get readsBeside(): boolean {
    return this.#parts.source.isBesideIssues || this.#parts.priorityField !== null;
  }

  /** What is read beside the issues themselves. */
  async refresh(signal: AbortSignal): Promise<void> {
    await this.#parts.source.refresh(signal);
    await this.#parts.priorityField?.project.refresh(signal);
  }

  async read(record: IssueRecord, isFresh: boolean, signal: AbortSignal): Promise<ReadIssue> {
    return { record, refs: await this.#parts.blockers.of(record, isFresh, signal) };
  }

  keep(numbers: ReadonlySet<number>): void {
    this.#parts.blockers.keep(numbers);
  }

  /** `newer` knows a blocker of this repository better than the moment in which it was listed. */
  issue(
    { record, refs }: ReadIssue,
    newer: (number: number) => IssueRecord | null = () => null,
  ): Issue {
    const { source, closed, authors, claimLabel } = this.#parts;
    return toIssue({
      record,
      state: settleState(record, source, closed),
      blockedBy: refs.map((ref) => this.#blocker(ref, newer)),
      priority: this.#priority(record),
      notDispatchable: authors.reasonAgainst(record.user?.login ?? null, record.author_association),
      isOwnLabel: (label) =>
        source.isOwnLabel(label) ||
        (claimLabel !== null && foldState(label) === foldState(claimLabel)),
    });
  }

  problem({ record }: ReadIssue): TrackerProblem | null {
    const { problem } = settleState(record, this.#parts.source, this.#parts.closed);
    if (problem === null) return null;
    const where = `${this.#parts.path.fullName}#${record.number}`;
    return { where, message: problem, remedy: "Leave it the status label that is meant." };
  }

  #blocker(ref: BlockerRef, newer: (number: number) => IssueRecord | null): IssueBlocker {
    const { identifier } = ref;
    if (ref.record === null) return { id: null, identifier, state: null, stateKind: null };
    const other = ref.isOurs ? newer(ref.record.number) : null;
    const isNewer = (other?.updated_at ?? "") >= (ref.record.updated_at ?? "");
    const record = other !== null && isNewer ? other : ref.record;
    const { name, kind } = settleState(record, this.#parts.source, this.#parts.closed);
    const id = ref.isOurs ? String(record.number) : identifier;
    return { id, identifier, state: name, stateKind: kind };
  }

  #priority(record: IssueRecord): number | null {
    const { priorityField } = this.#parts;
    if (priorityField === null) return priorityOf(record.labels);
    const value = priorityField.project.valueOf(record.number, priorityField.name);
    return value === null ? null : readPriority(`priority: ${value}`);
  }
}
