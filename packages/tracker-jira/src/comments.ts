import type { CommentOrder, CommentReceipt, IssueComment } from "@signalbox/contracts";
import { StatusFailure, Turns } from "@signalbox/http-tracker";
import * as v from "valibot";
import { cloudComment, cutComment, hashOf, hashOfPlain, plainComment } from "./comment-format.ts";
import { CommentMarks } from "./comment-marks.ts";
import type { CommentRecord, MarkedComment } from "./comment-marks.ts";
import type { JiraClient } from "./jira-client.ts";
import { jiraErrors } from "./jira-errors.ts";
import { accountSchema, instantSchema, textOf } from "./issue-record.ts";
import type { People } from "./people.ts";
import { pageQuery, pageSize, readNumberedPages } from "./read-pages.ts";
import type { JiraSite } from "./site.ts";
import type { Viewer } from "./viewer.ts";

const commentSchema = v.object({
  id: v.string(),
  body: v.fallback(v.nullish(v.unknown(), ""), ""),
  author: v.fallback(v.nullish(accountSchema, null), null),
  created: instantSchema,
  updated: instantSchema,
});

const mostRemembered = 5_000;

export interface CommentParts {
  readonly client: JiraClient;
  readonly site: JiraSite;
  readonly viewer: Viewer;
  readonly people: People;
}

/** Comments of issues: ours by their hidden keys, and those of people. */
export class Comments {
  readonly #parts: CommentParts;
  readonly #marks: CommentMarks;
  /** One write to our comments at a time: two of one key would both find none. */
  readonly #turns = new Turns();
  /** Ids of comments of ours, by issue and key. */
  readonly #ids = new Map<string, string>();

  constructor(parts: CommentParts) {
    this.#parts = parts;
    this.#marks = new CommentMarks(parts.client, parts.site);
  }

  async ensure(
    issueId: string,
    { key, body }: CommentOrder,
    signal: AbortSignal,
  ): Promise<CommentReceipt> {
    return this.#turns.take(signal, async () => {
      const { client, site } = this.#parts;
      const text = cutComment(body, !site.isCloud);
      const format = site.isCloud ? cloudComment : plainComment;
      const written = format(key, text, site.project.hasCustomers);
      const hash = site.isCloud ? hashOf(text) : hashOfPlain(String(written["body"]));
      const known = await this.#find(issueId, key, signal);
      if (known !== null && known.mark.hash === hash) return { writtenAt: known.record.updated };
      const path = this.#path(issueId);
      const reply =
        known === null
          ? await client.write("POST", path, written, signal)
          : await client.write("PUT", `${path}/${known.record.id}`, written, signal);
      const after = readComment(reply.data);
      this.#remember(issueId, key, after.id);
      return { writtenAt: after.updated };
    });
  }

  /** Comments of the project's people, and of those that the workflow allows, oldest first. */
  async ofPeople(
    issueId: string,
    after: string | null,
    signal: AbortSignal,
  ): Promise<readonly IssueComment[]> {
    const { people, viewer } = this.#parts;
    const us = await viewer.account(signal);
    const afterMs = after === null ? -Infinity : Date.parse(after);
    const isLate = ({ created }: CommentRecord): boolean => Date.parse(created) > afterMs;
    const late = (await this.#list(issueId, (one) => !isLate(one), signal)).filter(isLate);
    const mine = late.filter(({ author }) => author?.id === us.id);
    const marked = await this.#marks.of(mine, signal);
    const others = late.filter((record) => !marked.some((known) => known.record === record));
    await people.load(
      others.map(({ author }) => author),
      signal,
    );
    return others
      .filter(({ author }) => people.isInsider(author))
      .toReversed()
      .map(({ id, author, body, created }) => ({
        id,
        author: author?.displayName ?? null,
        body: textOf(body),
        createdAt: created,
      }));
  }

  /** By its id if that is known and still right; else among all of ours of the issue. */
  async #find(issueId: string, key: string, signal: AbortSignal): Promise<MarkedComment | null> {
    const us = await this.#parts.viewer.account(signal);
    const place = `${issueId} ${key}`;
    const id = this.#ids.get(place);
    if (id !== undefined) {
      const record = await this.#one(issueId, id, signal);
      const [known] = record === null ? [] : await this.#marks.of([record], signal);
      if (known?.mark.key === key) return known;
      this.#ids.delete(place);
    }
    const records = await this.#list(issueId, () => false, signal);
    // A stranger may copy a mark: ours are those that we wrote as well.
    const mine = records.filter(({ author }) => author?.id === us.id);
    const marked = await this.#marks.of(mine, signal);
    const found = marked.findLast(({ mark }) => mark.key === key) ?? null;
    if (found !== null) this.#remember(issueId, key, found.record.id);
    return found;
  }

  async #one(issueId: string, id: string, signal: AbortSignal): Promise<CommentRecord | null> {
    try {
      const path = `${this.#path(issueId)}/${id}`;
      return readComment((await this.#parts.client.get(path, {}, signal)).data);
    } catch (error) {
      if (error instanceof StatusFailure && error.status === 404) return null;
      throw error;
    }
  }

  /** Newest first, each once; read until one is the last that is wanted. */
  async #list(
    issueId: string,
    isLast: (comment: CommentRecord) => boolean,
    signal: AbortSignal,
  ): Promise<readonly CommentRecord[]> {
    const path = this.#path(issueId);
    const values = await readNumberedPages(path, {
      name: "comments",
      ask: async (from) => {
        const query = { ...pageQuery(from), orderBy: "-created" };
        return (await this.#parts.client.get(path, query, signal)).data;
      },
      isEnough: (records) => records.slice(-pageSize).some((one) => isLast(readComment(one))),
    });
    const comments = values.map(readComment);
    return [...new Map(comments.map((comment) => [comment.id, comment])).values()];
  }

  #path(issueId: string): string {
    return `${this.#parts.site.api}/issue/${issueId}/comment`;
  }

  #remember(issueId: string, key: string, id: string): void {
    const oldest = this.#ids.keys().next();
    if (this.#ids.size >= mostRemembered && oldest.done !== true) this.#ids.delete(oldest.value);
    this.#ids.set(`${issueId} ${key}`, id);
  }
}

function readComment(value: unknown): CommentRecord {
  const result = v.safeParse(commentSchema, value);
  if (result.success) return result.output;
  throw jiraErrors.payload("a comment", result.issues[0].message);
}
