/** A finding about the file, by line. */
export interface SourceProblem {
  /** 1-based. */
  readonly line: number;
  readonly message: string;
  readonly remedy: string;
}
