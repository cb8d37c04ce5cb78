/** A successful reply of Jira's. */
export interface Reply {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly data: unknown;
}
