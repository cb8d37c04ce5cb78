import type { Issue, IssueBlocker } from "@signalbox/contracts";
import { foldState } from "@signalbox/http-tracker";
import type { IssueRecord, LinkedIssue } from "./issue-record.ts";
import type { People } from "./people.ts";
import type { Priorities } from "./priority.ts";
import type { States } from "./states.ts";
import { toIssue } from "./to-issue.ts";

export interface ReaderParts {
  readonly states: States;
  readonly people: People;
  readonly priorities: Priorities;
  /** What links say of an issue that waits, as it stands there. */
  readonly blockedBy: readonly string[];
  readonly claimLabel: string | null;
  readonly site: string;
}

/** Makes issues of records. */
export class IssueReader {
  readonly #parts: ReaderParts;
  readonly #relations: ReadonlySet<string>;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
    this.#relations = new Set(parts.blockedBy.map(foldState));
  }

  /** Learns what is beside the records: who their authors are. Of what is done, nobody asks. */
  async load(records: readonly IssueRecord[], signal: AbortSignal): Promise<void> {
    const open = records.filter(({ status }) => status.category !== "done");
    await this.#parts.people.load(
      open.map(({ creator }) => creator),
      signal,
    );
  }

  /** Whether the record waits for one of these, or waited. */
  waitsFor({ links }: IssueRecord, isIt: (id: string) => boolean): boolean {
    return links.some((link) => this.#isBlocking(link) && isIt(link.id));
  }

  /** `newer` knows a blocker better than the moment in which its link was read. */
  issue(record: IssueRecord, newer: (id: string) => IssueRecord | null = () => null): Issue {
    const { states, people, priorities, claimLabel, site } = this.#parts;
    const isDone = record.status.category === "done";
    return toIssue({
      record,
      state: states.of(record.status),
      blockedBy: record.links
        .filter((link) => this.#isBlocking(link))
        .map((link) => this.#blocker(link, newer)),
      priority: priorities.of(record.priority),
      notDispatchable: isDone ? null : people.reasonAgainst(record.creator),
      claimLabel,
      site,
    });
  }

  #isBlocking({ relation }: LinkedIssue): boolean {
    return this.#relations.has(foldState(relation));
  }

  #blocker(
    { id, key, status }: LinkedIssue,
    newer: (id: string) => IssueRecord | null,
  ): IssueBlocker {
    const known = newer(id)?.status ?? status;
    if (known === null) return { id, identifier: key, state: null, stateKind: null };
    const { name, kind } = this.#parts.states.of(known);
    return { id, identifier: key, state: name, stateKind: kind };
  }
}
