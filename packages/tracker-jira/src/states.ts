import type { StateKind } from "@signalbox/contracts";
import { isSameState } from "@signalbox/http-tracker";
import type { StateSourceName } from "./jira-options.ts";
import { categoryNames, kindOf } from "./state-names.ts";
import type { CategoryKey } from "./state-names.ts";

/** A status as Jira tells it, of an issue or of a workflow. */
export interface Status {
  /** In the language of the token's account. */
  readonly name: string;
  /** `null`: it is of none, or of one that nobody knows. */
  readonly category: CategoryKey | null;
}

export interface IssueState {
  readonly name: string;
  readonly kind: StateKind | null;
}

/** What the states of issues are called: their statuses, or the categories of these. */
export class States {
  readonly #source: StateSourceName;

  constructor(source: StateSourceName) {
    this.#source = source;
  }

  of({ name, category }: Status): IssueState {
    const kind = kindOf(name, category);
    // What has no category is a state of its own.
    if (this.#source === "status" || category === null) return { name, kind };
    return { name: categoryNames[category], kind: kind === "canceled" ? "completed" : kind };
  }

  /** The states that these statuses make, each once. */
  among(statuses: readonly Status[]): readonly IssueState[] {
    const all = statuses.map((status) => this.of(status));
    return all.filter(
      ({ name }, at) => all.findIndex((other) => isSameState(other.name, name)) === at,
    );
  }
}
