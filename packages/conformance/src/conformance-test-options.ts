export interface ConformanceTestOptions {
  /** Where the report is written when all laws have run, as a path; no report by default. */
  readonly report?: string;
  /** Of one law, in milliseconds. Default 120000. */
  readonly timeoutMs?: number;
  /**
   * Laws run beside each other, as many as the test runner lets: most of their time they wait. Heeded under vitest.
   * Default `false`.
   */
  readonly concurrent?: boolean;
}
