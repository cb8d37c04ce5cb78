import type { CommentOrder, CommentReceipt, IssueComment, LinkOrder } from "@signalbox/contracts";
import * as v from "valibot";
import type { AuthorRule } from "./author-rule.ts";
import { keyOf, markedBody, textOf } from "./comment-marker.ts";
import type { GithubClient } from "./github-client.ts";
import { payloadError } from "./github-error.ts";
import { readPages } from "./read-pages.ts";
import type { RepositoryPath } from "./repository-path.ts";
import { Turns } from "./turns.ts";
import type { Viewer } from "./viewer.ts";

const commentSchema = v.object({
  id: v.number(),
  body: v.fallback(v.nullish(v.string(), ""), ""),
  user: v.fallback(v.nullish(v.object({ login: v.string(), type: v.nullish(v.string()) })), null),
  author_association: v.fallback(v.nullish(v.string(), null), null),
  created_at: v.pipe(v.string(), v.isoTimestamp()),
  updated_at: v.pipe(v.string(), v.isoTimestamp()),
});
type CommentRecord = v.InferOutput<typeof commentSchema>;

const linksKey = "links";
const mostRemembered = 5_000;

/** Comments of issues: ours by a hidden marker with their key, and those of people. */
export class Comments {
  readonly #client: GithubClient;
  readonly #path: RepositoryPath;
  readonly #viewer: Viewer;
  readonly #authors: AuthorRule;
  /** One write to our comments at a time: two of one key would both find none. */
  readonly #turns = new Turns();
  /** Ids of comments of ours, by issue and key. */
  readonly #ids = new Map<string, number>();

  constructor(client: GithubClient, path: RepositoryPath, viewer: Viewer, authors: AuthorRule) {
    this.#client = client;
    this.#path = path;
    this.#viewer = viewer;
    this.#authors = authors;
  }

  async ensure(number: number, order: CommentOrder, signal: AbortSignal): Promise<CommentReceipt> {
    return this.#turns.take(signal, async () => {
      const known = await this.#find(number, order.key, signal);
      return this.#put(number, order, known, signal);
    });
  }

  /** One comment holds all links of an issue. */
  async link(number: number, { url, title }: LinkOrder, signal: AbortSignal): Promise<void> {
    await this.#turns.take(signal, async () => {
      const known = await this.#find(number, linksKey, signal);
      const before = known === null ? "" : textOf(known.body);
      const target = `](<${new URL(url).href}>)`;
      if (before.includes(target)) return;
      const line = `- [${title.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\\[\]<>`]/g, String.raw`\$&`)}${target}`;
      const body = before === "" ? `Links:\n\n${line}` : `${before}\n${line}`;
      await this.#put(number, { key: linksKey, body }, known, signal);
    });
  }

  /** Comments of the project's people, and of those that the workflow allows. */
  async ofPeople(
    number: number,
    after: string | null,
    signal: AbortSignal,
  ): Promise<readonly IssueComment[]> {
    await this.#viewer.load(signal);
    const afterMs = after === null ? -Infinity : Date.parse(after);
    const records = await this.#list(number, after, signal);
    return records.flatMap((record) => {
      const author = record.user?.login ?? null;
      const isBot = record.user?.type === "Bot" || (author?.endsWith("[bot]") ?? false);
      if (isBot || this.#isOurs(record)) return [];
      if (Date.parse(record.created_at) <= afterMs) return [];
      if (!this.#authors.isAllowed(author, record.author_association)) return [];
      const { id, body, created_at: createdAt } = record;
      return { id: String(id), author, body, createdAt };
    });
  }

  async #put(
    number: number,
    { key, body }: CommentOrder,
    known: CommentRecord | null,
    signal: AbortSignal,
  ): Promise<CommentReceipt> {
    const marked = markedBody(key, body);
    if (known !== null && textOf(known.body) === textOf(marked)) {
      return { writtenAt: known.updated_at };
    }
    const { template, parameters } = this.#path;
    const reply =
      known === null
        ? await this.#client.write(
            "POST",
            `${template}/issues/{issue_number}/comments`,
            { ...parameters, issue_number: number, body: marked },
            signal,
          )
        : await this.#client.write(
            "PATCH",
            `${template}/issues/comments/{comment_id}`,
            { ...parameters, comment_id: known.id, body: marked },
            signal,
          );
    const written = readComment(reply.data);
    this.#remember(number, key, written.id);
    if (written.user !== null && written.user !== undefined) this.#viewer.learn(written.user.login);
    return { writtenAt: written.updated_at };
  }

  /** By its id if that is known and still right; else among all comments of the issue. */
  async #find(number: number, key: string, signal: AbortSignal): Promise<CommentRecord | null> {
    await this.#viewer.load(signal);
    const place = `${number} ${key}`;
    const id = this.#ids.get(place);
    if (id !== undefined) {
      const route = `${this.#path.template}/issues/comments/{comment_id}`;
      const parameters = { ...this.#path.parameters, comment_id: id };
      const reply = await this.#client.find(route, parameters, signal);
      const record = reply === null ? null : readComment(reply.data);
      if (record !== null && keyOf(record.body) === key && this.#isOurs(record)) return record;
      this.#ids.delete(place);
    }
    const records = await this.#list(number, null, signal);
    const found = records.find((record) => keyOf(record.body) === key && this.#isOurs(record));
    if (found !== undefined) this.#remember(number, key, found.id);
    return found ?? null;
  }

  async #list(
    number: number,
    since: string | null,
    signal: AbortSignal,
  ): Promise<readonly CommentRecord[]> {
    const route = `${this.#path.template}/issues/{issue_number}/comments`;
    const query =
      since === null ? {} : { since: new Date(since).toISOString().replace(/\.\d+Z$/, "Z") };
    const parameters = { ...this.#path.parameters, issue_number: number, ...query };
    const { records } = await readPages(this.#client, route, parameters, signal);
    return records.map(readComment);
  }

  /** A stranger may copy a marker: ours are those that we wrote as well. */
  #isOurs({ body, user }: CommentRecord): boolean {
    return keyOf(body) !== null && this.#viewer.isViewer(user?.login ?? null, user?.type ?? null);
  }

  #remember(number: number, key: string, id: number): void {
    const oldest = this.#ids.keys().next();
    if (this.#ids.size >= mostRemembered && oldest.done !== true) this.#ids.delete(oldest.value);
    this.#ids.set(`${number} ${key}`, id);
  }
}

function readComment(value: unknown): CommentRecord {
  const result = v.safeParse(commentSchema, value);
  if (result.success) return result.output;
  throw payloadError("a comment", result.issues[0].message);
}
