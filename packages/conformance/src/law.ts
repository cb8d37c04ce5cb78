/** One thing that every implementation of a port has to keep. Cases are made of nothing else, so any test runner fits. */
export interface Law<Subject> {
  /** Kebab-case, never reused: reports of different versions are compared by it. */
  readonly id: string;
  /** The law itself, as a sentence without a full stop. */
  readonly title: string;
  /** Number of the behaviour that it proves, as `docs/behaviours.md` lists them. */
  readonly requirement: string;
  /** It measures this process, in which nothing else may run meanwhile. */
  readonly isAlone?: true;
  /** Why the law says nothing about this subject; `null` where it does. */
  exempts(subject: Subject): string | null;
  /**
   * Rejects, with `LawBroken` as a rule, where the subject breaks the law, and with `LawInapplicable` where only the
   * trial tells that the law says nothing about it. Leaves nothing behind, either way.
   */
  run(subject: Subject): Promise<void>;
}

export interface LawVerdict {
  readonly id: string;
  readonly title: string;
  readonly requirement: string;
  readonly verdict: "passed" | "failed" | "not-applicable";
  /** What went wrong, or why the law does not apply; `null` where it passed. */
  readonly reason: string | null;
  readonly durationMs: number;
}
