import type { StateKind } from "@signalbox/contracts";
import { foldState, isSameState, isTerminal, kindOf, noStatus } from "@signalbox/http-tracker";
import type { StateSourceName } from "./gitlab-options.ts";
import type { IssueRecord } from "./issue-record.ts";

export interface IssueState {
  readonly name: string;
  readonly kind: StateKind | null;
  /** What is wrong with it, for a person; `null`: nothing. */
  readonly problem: string | null;
}

export interface StateOptions {
  readonly source: StateSourceName;
  readonly prefix: string;
  readonly order: readonly string[];
  /** Names of the states that closing gives. */
  readonly completed: string;
  readonly canceled: string;
}

/** One change of an issue: what one request writes. */
export interface StateWrite {
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** `null`: it stays open or closed. */
  readonly event: "close" | "reopen" | null;
}

/** What issues' states are called, and how they are written: open, closed, and labels with a prefix. */
export class States {
  readonly #options: StateOptions;
  readonly #rank: ReadonlyMap<string, number>;

  constructor(options: StateOptions) {
    this.#options = options;
    this.#rank = new Map(options.order.map((name, at) => [foldState(name), at]));
  }

  /** The state of an open issue that names none. */
  get unnamed(): string {
    return this.hasLabels ? noStatus : "open";
  }

  get hasLabels(): boolean {
    return this.#options.source === "labels";
  }

  /** A closed issue is over, whatever its label still says; an end that this names stands. */
  of(record: IssueRecord): IssueState {
    const labels = this.#labelsOf(record).map(([, name]) => name);
    const [first, ...others] = labels.toSorted((a, b) => this.#rankOf(a) - this.#rankOf(b));
    const kind = first === undefined ? null : this.kindOf(first);
    if (record.state === "closed") {
      if (first !== undefined && isTerminal(kind)) return { name: first, kind, problem: null };
      return record.isDuplicate
        ? { name: this.#options.canceled, kind: "canceled", problem: null }
        : { name: this.#options.completed, kind: "completed", problem: null };
    }
    if (first === undefined) return { name: this.unnamed, kind: "unstarted", problem: null };
    const problem =
      others.length === 0
        ? null
        : `it has ${labels.length} status labels (${labels.join(", ")}); ${first} counts`;
    return { name: first, kind, problem };
  }

  kindOf(name: string): StateKind | null {
    return this.closedKind(name) ?? kindOf(name);
  }

  /** What closing an issue for this state means; `null` where the state does not close it. */
  closedKind(name: string): "completed" | "canceled" | null {
    if (isSameState(name, this.#options.completed)) return "completed";
    return isSameState(name, this.#options.canceled) ? "canceled" : null;
  }

  isOwnLabel(label: string): boolean {
    return this.#nameOf(label) !== null;
  }

  /** States that can be written in a project with these labels. GitLab keeps no reason for closing: a label does. */
  writable(projectLabels: readonly string[]): readonly string[] {
    const named = projectLabels.flatMap((label) => this.#nameOf(label) ?? []);
    const all = [this.unnamed, ...named, this.#options.completed];
    return all.filter((name, at) => all.findIndex((other) => isSameState(other, name)) === at);
  }

  /** How the issue gets there from where it is; the state is a writable one. */
  write(record: IssueRecord, to: string, projectLabels: readonly string[]): StateWrite {
    const label = projectLabels.find((name) => isSameState(this.#nameOf(name) ?? "", to)) ?? null;
    const had = this.#labelsOf(record).map(([name]) => name);
    const isClosing = this.closedKind(to) !== null;
    return {
      add: label === null || had.includes(label) ? [] : [label],
      remove: had.filter((name) => name !== label),
      event: isClosing === (record.state === "closed") ? null : isClosing ? "close" : "reopen",
    };
  }

  #labelsOf({ labels }: IssueRecord): readonly (readonly [label: string, state: string])[] {
    return labels.flatMap((label) => {
      const name = this.#nameOf(label);
      return name === null ? [] : [[label, name] as const];
    });
  }

  #nameOf(label: string): string | null {
    const { prefix } = this.#options;
    if (!this.hasLabels || !label.toLowerCase().startsWith(prefix.toLowerCase())) return null;
    const name = label.slice(prefix.length).trim();
    return name === "" ? null : name;
  }

  #rankOf(name: string): number {
    return this.#rank.get(foldState(name)) ?? this.#rank.size;
  }
}
