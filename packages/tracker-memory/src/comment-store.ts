import type { CommentOrder, CommentReceipt, IssueComment } from "@signalbox/contracts";

interface KeptComment {
  /** RFC 3339: of the body. */
  readonly writtenAt: string;
  /** `null`: written by a person. */
  readonly key: string | null;
  readonly comment: IssueComment;
}

/** Comments by issue, oldest first. */
export class CommentStore {
  readonly #comments = new Map<string, readonly KeptComment[]>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  all(issueId: string): readonly IssueComment[] {
    return this.#of(issueId).map(({ comment }) => comment);
  }

  ofPeople(issueId: string, after: string | null): readonly IssueComment[] {
    const since = after === null ? -Infinity : Date.parse(after);
    return this.#of(issueId)
      .filter(({ key, comment }) => key === null && Date.parse(comment.createdAt) > since)
      .map(({ comment }) => comment);
  }

  add(issueId: string, key: string | null, author: string | null, body: string): IssueComment {
    const comments = this.#of(issueId);
    const comment = {
      id: `${issueId}/${comments.length + 1}`,
      author,
      body,
      createdAt: new Date(this.#now()).toISOString(),
    };
    this.#comments.set(issueId, [...comments, { key, writtenAt: comment.createdAt, comment }]);
    return comment;
  }

  /** Creates the comment with this key, or replaces its body. */
  ensure(issueId: string, { key, body }: CommentOrder): CommentReceipt {
    const comments = this.#of(issueId);
    const known = comments.find((kept) => kept.key === key);
    if (known === undefined) return { writtenAt: this.add(issueId, key, null, body).createdAt };
    if (known.comment.body === body) return { writtenAt: known.writtenAt };
    const writtenAt = new Date(this.#now()).toISOString();
    const replaced = { key, writtenAt, comment: { ...known.comment, body } };
    this.#comments.set(
      issueId,
      comments.map((kept) => (kept === known ? replaced : kept)),
    );
    return { writtenAt };
  }

  #of(issueId: string): readonly KeptComment[] {
    return this.#comments.get(issueId) ?? [];
  }
}
