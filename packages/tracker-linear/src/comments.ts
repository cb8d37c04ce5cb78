import type { CommentOrder, CommentReceipt, IssueComment } from "@signalbox/contracts";
import * as v from "valibot";
import {
  commentDocument,
  commentsDocument,
  createCommentDocument,
  updateCommentDocument,
} from "./documents.ts";
import type { Viewer } from "./issue-scope.ts";
import { isDerived, uuidOf } from "./key-uuid.ts";
import type { LinearClient } from "./linear-client.ts";
import { LinearRefusal, trackerError } from "./linear-error.ts";
import { readPages } from "./read-pages.ts";
import { pageSchema } from "./issue-node.ts";

type Comment = v.InferOutput<typeof commentSchema>;

interface Written {
  readonly body: string;
  readonly receipt: CommentReceipt;
}

/** Comments remembered, so that an edit costs one request. */
const mostWritten = 1000;

/** Comments on issues, those of ours by ids that follow from their keys. */
export class Comments {
  readonly #client: LinearClient;
  readonly #written = new Map<string, Written>();

  constructor(client: LinearClient) {
    this.#client = client;
  }

  async ensure(
    issueId: string,
    { key, body }: CommentOrder,
    signal: AbortSignal,
  ): Promise<CommentReceipt> {
    const id = uuidOf("comment", issueId, key);
    const known = this.#written.get(id);
    if (known?.body === body) return known.receipt;
    this.#written.delete(id);
    const receipt =
      known === undefined
        ? await this.#createOrReplace(id, issueId, body, signal)
        : receiptOf(await this.#update(id, body, signal));
    this.#written.set(id, { body, receipt });
    for (const oldest of this.#written.keys()) {
      if (this.#written.size <= mostWritten) break;
      this.#written.delete(oldest);
    }
    return receipt;
  }

  /** People's comments after `after`, oldest first. */
  async ofPeople(
    issueId: string,
    after: string | null,
    viewer: Viewer,
    signal: AbortSignal,
  ): Promise<readonly IssueComment[]> {
    const filter = {
      issue: { id: { eq: issueId } },
      ...(after === null ? {} : { createdAt: { gt: after } }),
    };
    const records = await readPages("reading comments", async (cursor) => {
      const { data } = await this.#client.request(
        {
          action: "reading comments",
          document: commentsDocument,
          variables: { filter, first: 100, after: cursor },
          schema: v.object({ comments: pageSchema }),
        },
        signal,
      );
      return data.comments;
    });
    const comments = records.flatMap((record) => {
      const comment = v.safeParse(commentSchema, record);
      return comment.success ? comment.output : [];
    });
    return comments
      .filter((comment) => isOfPerson(comment, viewer))
      .filter(({ createdAt }) => after === null || Date.parse(createdAt) > Date.parse(after))
      .toSorted((one, other) => Date.parse(one.createdAt) - Date.parse(other.createdAt))
      .map(({ id, body, createdAt, user }) => ({
        id,
        author: user?.displayName ?? null,
        body,
        createdAt,
      }));
  }

  async #createOrReplace(
    id: string,
    issueId: string,
    body: string,
    signal: AbortSignal,
  ): Promise<CommentReceipt> {
    try {
      const { data } = await this.#client.request(
        {
          action: "writing a comment",
          document: createCommentDocument,
          variables: { input: { id, issueId, body } },
          schema: v.object({ commentCreate: payloadSchema }),
        },
        signal,
      );
      return receiptOf(data.commentCreate.comment);
    } catch (error) {
      // Linear declines an id that it has; what else it declines is told by there being no such comment.
      if (!(error instanceof LinearRefusal && error.isDeclined)) throw error;
      const found = await this.#read(id, signal);
      if (found === null) throw error;
      return receiptOf(isSameBody(found.body, body) ? found : await this.#update(id, body, signal));
    }
  }

  async #read(id: string, signal: AbortSignal): Promise<Comment | null> {
    try {
      const { data } = await this.#client.request(
        {
          action: "reading a comment",
          document: commentDocument,
          variables: { id },
          schema: v.object({ comment: commentSchema }),
        },
        signal,
      );
      return data.comment;
    } catch (error) {
      if (error instanceof LinearRefusal && error.isDeclined) return null;
      throw error;
    }
  }

  async #update(id: string, body: string, signal: AbortSignal): Promise<Comment> {
    const { data } = await this.#client.request(
      {
        action: "editing a comment",
        document: updateCommentDocument,
        variables: { id, input: { body } },
        schema: v.object({ commentUpdate: payloadSchema }),
      },
      signal,
    );
    const { comment } = data.commentUpdate;
    if (!isSameBody(comment.body, body)) {
      throw trackerError(
        "tracker_status",
        "Linear took the edit of a comment and left it as it was",
      );
    }
    return { ...comment, editedAt: comment.editedAt ?? comment.updatedAt };
  }
}

/** Linear may change the blanks at the ends. */
function isSameBody(one: string, other: string): boolean {
  return one.trim().replaceAll("\r\n", "\n") === other.trim().replaceAll("\r\n", "\n");
}

function receiptOf({ createdAt, editedAt }: Comment): CommentReceipt {
  return { writtenAt: editedAt ?? createdAt };
}

/** With a person's API key our comments bear that person's name, who may answer by hand: the id tells them apart. */
function isOfPerson({ id, user, botActor }: Comment, viewer: Viewer): boolean {
  if (user === null || user.app || botActor !== null) return false;
  return user.id !== viewer.id || (!viewer.isApp && !isDerived(id));
}

const instant = v.pipe(v.string(), v.isoTimestamp());

const commentSchema = v.object({
  id: v.string(),
  body: v.string(),
  createdAt: instant,
  updatedAt: instant,
  editedAt: v.optional(v.nullable(instant), null),
  user: v.optional(
    v.nullable(v.object({ id: v.string(), displayName: v.string(), app: v.boolean() })),
    null,
  ),
  botActor: v.optional(v.nullable(v.object({ id: v.nullable(v.string()) })), null),
});

const payloadSchema = v.object({ success: v.boolean(), comment: commentSchema });
