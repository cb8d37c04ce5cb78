import type { TrackerProblem } from "@signalbox/contracts";
import type { DecidedEvent } from "@signalbox/core";
import { problemFrom, type Problem } from "./problem.ts";

/** Tells an operator what went wrong; what has been told and still stands is not told again. */
export class ProblemReporter {
  readonly #tell: (problem: Problem) => void;
  #records: ReadonlySet<string> = new Set();
  readonly #standing = new Map<string, string>();

  constructor(tell: (problem: Problem) => void) {
    this.#tell = tell;
  }

  report(error: unknown, doing: string): void {
    this.#tell(problemFrom(error, null, doing));
  }

  /** As `report`, once until it works again or fails in another way. */
  reportStanding(error: unknown, doing: string): void {
    const problem = problemFrom(error, null, doing);
    if (this.#standing.get(doing) === problem.message) return;
    this.#standing.set(doing, problem.message);
    this.#tell(problem);
  }

  works(doing: string): void {
    this.#standing.delete(doing);
  }

  /** The records that cannot be read now; those that are new are told. */
  reportRecords(records: readonly TrackerProblem[]): void {
    const told = this.#records;
    this.#records = new Set(records.map(textOf));
    for (const record of records) {
      if (told.has(textOf(record))) continue;
      const { where, message, remedy } = record;
      this.#tell({
        code: "tracker_record",
        message: `${where}: ${message}`,
        remedy,
        issueId: null,
      });
    }
  }

  /** Writes that were given up. */
  reportDecided(decided: readonly DecidedEvent[]): void {
    for (const fact of decided) {
      if (fact.type !== "order-closed") continue;
      if (fact.result !== "rejected" && fact.result !== "dropped") continue;
      this.#tell({
        code: "write_given_up",
        message: `${fact.key} was given up${fact.detail === null ? "" : `: ${fact.detail}`}`,
        remedy: "Bring the tracker up to date by hand.",
        issueId: null,
      });
    }
  }
}

/** Without line numbers: an edit elsewhere moves a record and changes nothing about it. */
function textOf({ where, message }: TrackerProblem): string {
  return `${where}: ${message}`.replaceAll(/\d+/g, "#");
}
