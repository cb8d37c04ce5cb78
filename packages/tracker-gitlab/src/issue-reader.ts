import type { Issue, IssueBlocker, TrackerProblem } from "@signalbox/contracts";
import { foldState, inParallel, priorityOf } from "@signalbox/http-tracker";
import type { BlockerRef, Blockers } from "./blockers.ts";
import type { IssueRecord } from "./issue-record.ts";
import type { People } from "./people.ts";
import type { States } from "./states.ts";
import { toIssue } from "./to-issue.ts";

export interface ReaderParts {
  readonly name: string;
  readonly states: States;
  readonly people: People;
  /** `null`: nothing is blocked. */
  readonly blockers: Blockers | null;
  readonly prioritySource: "labels" | "weight";
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

  /** Reads what is beside the records: their authors' membership, and what they wait for. */
  async read(
    records: readonly IssueRecord[],
    isFresh: boolean,
    signal: AbortSignal,
  ): Promise<readonly ReadIssue[]> {
    const { people, blockers, states } = this.#parts;
    await people.load(
      records.map(({ author }) => author),
      signal,
    );
    return inParallel(records, async (record) => {
      // What has begun waits for nothing any more: running issues cost no request.
      const isWaiting = states.of(record).kind !== "started";
      const isAsked = blockers !== null && isWaiting;
      return { record, refs: isAsked ? await blockers.of(record, isFresh, signal) : [] };
    });
  }

  keep(iids: ReadonlySet<number>): void {
    this.#parts.blockers?.keep(iids);
  }

  /** `newer` knows a blocker of this project better than the moment in which it was listed. */
  issue(
    { record, refs }: ReadIssue,
    newer: (iid: number) => IssueRecord | null = () => null,
  ): Issue {
    const { states, people, claimLabel, prioritySource } = this.#parts;
    const { weight } = record;
    const isWeighed = weight !== null && weight >= 1 && weight <= 4;
    return toIssue({
      record,
      state: states.of(record),
      blockedBy: refs.map((ref) => this.#blocker(ref, newer)),
      priority: prioritySource === "labels" ? priorityOf(record.labels) : isWeighed ? weight : null,
      notDispatchable: people.reasonAgainst(record.author),
      isOwnLabel: (label) =>
        states.isOwnLabel(label) ||
        (claimLabel !== null && foldState(label) === foldState(claimLabel)),
    });
  }

  problem({ record }: ReadIssue): TrackerProblem | null {
    const { problem } = this.#parts.states.of(record);
    if (problem === null) return null;
    const where = `${this.#parts.name}#${record.iid}`;
    return { where, message: problem, remedy: "Leave it the status label that is meant." };
  }

  #blocker(ref: BlockerRef, newer: (iid: number) => IssueRecord | null): IssueBlocker {
    const { identifier } = ref;
    if (ref.record === null) return { id: null, identifier, state: null, stateKind: null };
    const other = ref.isOurs ? newer(ref.record.iid) : null;
    const isNewer = (other?.updated_at ?? "") >= (ref.record.updated_at ?? "");
    const record = other !== null && isNewer ? other : ref.record;
    const { name, kind } = this.#parts.states.of(record);
    const id = ref.isOurs ? String(record.iid) : identifier;
    return { id, identifier, state: name, stateKind: kind };
  }
}
