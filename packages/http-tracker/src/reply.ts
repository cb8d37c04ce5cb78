/** Names in lower case. */
export type ReplyHeaders = Readonly<Record<string, string | undefined>>;

/** A successful reply. */
export interface Reply {
  readonly headers: ReplyHeaders;
  readonly data: unknown;
}

/** What went wrong in a reply: the server's words are clipped, and secrets taken out of them. */
export interface FailedReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly message: string;
}
