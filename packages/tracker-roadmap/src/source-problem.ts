/** A finding about one file, by line. */
export interface SourceProblem {
  /** 1-based. */
  readonly line: number;
  readonly message: string;
  readonly remedy: string;
}

/** A finding about one of the files. */
export interface FileProblem extends SourceProblem {
  /** As messages call it. */
  readonly file: string;
}
