import { hash } from "node:crypto";
import type { CommentOrder, CommentReceipt, IssueComment, LinkOrder } from "@signalbox/contracts";
import { isWhole, keyOf, markedBody, textOf, trackerError, Turns } from "@signalbox/http-tracker";
import * as v from "valibot";
import type { AuthorRule } from "./author-rule.ts";
import { commentLimit } from "./comment-limit.ts";
import type { GithubClient } from "./github-client.ts";
import { githubErrors } from "./github-errors.ts";
import { readPages } from "./read-pages.ts";
import type { RepositoryPath } from "./repository-path.ts";
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

interface Remembered {
  readonly id: number;
  /** Hash of the text that was written last; `null` where that is not sure. */
  readonly digest: string | null;
}

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
  /** Comments of ours, by issue and key. */
  readonly #known = new Map<string, Remembered>();

  constructor(client: GithubClient, path: RepositoryPath, viewer: Viewer, authors: AuthorRule) {
    this.#client = client;
    this.#path = path;
    this.#viewer = viewer;
    this.#authors = authors;
  }

  async ensure(number: number, order: CommentOrder, signal: AbortSignal): Promise<CommentReceipt> {
    return this.#turns.take(signal, async () => {
      const marked = markedBody(order.key, order.body, commentLimit);
      const known = this.#known.get(placeOf(number, order.key));
      // What it wrote itself needs no look before another text takes its place.
      if (known !== undefined && known.digest !== null && known.digest !== digestOf(marked)) {
        return this.#put(number, order, known.id, signal);
      }
      const found = await this.#find(number, order.key, signal);
      if (found !== null && textOf(found.body) === textOf(marked)) {
        return { writtenAt: found.updated_at };
      }
      return this.#put(number, order, found?.id ?? null, signal);
    });
  }

  /** One comment holds all links of an issue. Rejects with `tracker_status` where it has no room for another one. */
  async link(number: number, { url, title }: LinkOrder, signal: AbortSignal): Promise<void> {
    await this.#turns.take(signal, async () => {
      const known = await this.#find(number, linksKey, signal);
      const before = known === null ? "" : textOf(known.body);
      const target = `](<${new URL(url).href}>)`;
      if (before.includes(target)) return;
      const line = `- [${title.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\\[\]<>`]/g, String.raw`\$&`)}${target}`;
      const body = before === "" ? `Links:\n\n${line}` : `${before}\n${line}`;
      if (!isWhole(linksKey, body, commentLimit)) throw noRoom(number);
      await this.#put(number, { key: linksKey, body }, known?.id ?? null, signal);
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

  /** In place of the comment with this id; anew where there is none, or not any more. */
  async #put(
    number: number,
    { key, body }: CommentOrder,
    id: number | null,
    signal: AbortSignal,
  ): Promise<CommentReceipt> {
    const marked = markedBody(key, body, commentLimit);
    const { template, parameters } = this.#path;
    // The answer may get lost.
    if (id !== null) this.#remember(number, key, { id, digest: null });
    const edited =
      id === null
        ? null
        : await this.#client.writeUnlessGone(
            "PATCH",
            `${template}/issues/comments/{comment_id}`,
            { ...parameters, comment_id: id, body: marked },
            signal,
          );
    const reply =
      edited ??
      (await this.#client.write(
        "POST",
        `${template}/issues/{issue_number}/comments`,
        { ...parameters, issue_number: number, body: marked },
        signal,
      ));
    const written = readComment(reply.data);
    this.#remember(number, key, { id: written.id, digest: digestOf(marked) });
    const author = written.user?.login ?? null;
    if (edited === null && author !== null) this.#viewer.learn(author);
    return { writtenAt: written.updated_at };
  }

  /** By its id if that is known and still right; else among all comments of the issue. */
  async #find(number: number, key: string, signal: AbortSignal): Promise<CommentRecord | null> {
    await this.#viewer.load(signal);
    const place = placeOf(number, key);
    const id = this.#known.get(place)?.id ?? null;
    if (id !== null) {
      const route = `${this.#path.template}/issues/comments/{comment_id}`;
      const parameters = { ...this.#path.parameters, comment_id: id };
      const reply = await this.#client.find(route, parameters, signal);
      const record = reply === null ? null : readComment(reply.data);
      if (record !== null && keyOf(record.body) === key && this.#isOurs(record)) return record;
      this.#known.delete(place);
    }
    const records = await this.#list(number, null, signal);
    const found = records.find((record) => keyOf(record.body) === key && this.#isOurs(record));
    if (found !== undefined)
      this.#remember(number, key, { id: found.id, digest: digestOf(found.body) });
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

  #remember(number: number, key: string, comment: Remembered): void {
    const oldest = this.#known.keys().next();
    if (this.#known.size >= mostRemembered && oldest.done !== true) {
      this.#known.delete(oldest.value);
    }
    this.#known.set(placeOf(number, key), comment);
  }
}

function placeOf(number: number, key: string): string {
  return `${number} ${key}`;
}

function digestOf(body: string): string {
  return hash("sha256", textOf(body));
}

function noRoom(number: number): Error {
  const most = commentLimit.maxLength.toLocaleString("en");
  const message = `the comment with the links of #${number} would be longer than the ${most} characters that GitHub takes`;
  return trackerError("tracker_status", message, {
    remedy: "Attach shorter links, or take away some that are in that comment.",
  });
}

function readComment(value: unknown): CommentRecord {
  const result = v.safeParse(commentSchema, value);
  if (result.success) return result.output;
  throw githubErrors.payload("a comment", result.issues[0].message);
}
