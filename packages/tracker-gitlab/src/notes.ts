import type { CommentOrder, CommentReceipt, IssueComment, LinkOrder } from "@signalbox/contracts";
import {
  isWhole,
  keyOf,
  StatusFailure,
  textOf,
  trackerError,
  Turns,
} from "@signalbox/http-tracker";
import * as v from "valibot";
import type { Accounts } from "./accounts.ts";
import type { GitlabClient } from "./gitlab-client.ts";
import { gitlabErrors } from "./gitlab-errors.ts";
import { accountSchema } from "./issue-record.ts";
import { markedNote, noteLimit } from "./note-marker.ts";
import type { People } from "./people.ts";
import { readPages } from "./read-pages.ts";

const instant = v.pipe(v.string(), v.isoTimestamp());
const noteSchema = v.object({
  id: v.number(),
  body: v.fallback(v.nullish(v.string(), ""), ""),
  author: v.fallback(v.nullish(accountSchema, null), null),
  system: v.fallback(v.optional(v.boolean(), false), false),
  created_at: instant,
  updated_at: instant,
});
type NoteRecord = v.InferOutput<typeof noteSchema>;

const linksKey = "links";
const mostRemembered = 5_000;

/** Notes of issues: ours by a hidden marker with their key, and those of people. */
export class Notes {
  readonly #client: GitlabClient;
  readonly #project: string;
  readonly #accounts: Accounts;
  readonly #people: People;
  /** One write to our notes at a time: two of one key would both find none. */
  readonly #turns = new Turns();
  /** Ids of notes of ours, by issue and key. */
  readonly #ids = new Map<string, number>();

  constructor(client: GitlabClient, project: string, accounts: Accounts, people: People) {
    this.#client = client;
    this.#project = project;
    this.#accounts = accounts;
    this.#people = people;
  }

  async ensure(iid: number, order: CommentOrder, signal: AbortSignal): Promise<CommentReceipt> {
    return this.#turns.take(signal, async () => {
      const known = await this.#find(iid, order.key, signal);
      return this.#put(iid, order, known, signal);
    });
  }

  /** One note holds all links of an issue. Rejects with `tracker_status` where it has no room for another one. */
  async link(iid: number, { url, title }: LinkOrder, signal: AbortSignal): Promise<void> {
    await this.#turns.take(signal, async () => {
      const known = await this.#find(iid, linksKey, signal);
      const before = known === null ? "" : textOf(known.body);
      const target = `](<${new URL(url).href}>)`;
      if (before.includes(target)) return;
      const line = `- [${title.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\\[\]<>`]/g, String.raw`\$&`)}${target}`;
      const body = before === "" ? `Links:\n\n${line}` : `${before}\n${line}`;
      if (!isWhole(linksKey, body, noteLimit)) throw noRoom(iid);
      await this.#put(iid, { key: linksKey, body }, known, signal);
    });
  }

  /** Notes of the project's people, and of those that the workflow allows, oldest first. */
  async ofPeople(
    iid: number,
    after: string | null,
    signal: AbortSignal,
  ): Promise<readonly IssueComment[]> {
    const viewer = await this.#accounts.viewer(signal);
    const afterMs = after === null ? -Infinity : Date.parse(after);
    const isLate = ({ created_at }: NoteRecord): boolean => Date.parse(created_at) > afterMs;
    const notes = (await this.#list(iid, (note) => !isLate(note), signal)).filter(
      (note) => isLate(note) && !(keyOf(note.body) !== null && note.author?.id === viewer.id),
    );
    await this.#people.load(
      notes.map(({ author }) => author),
      signal,
    );
    const comments: IssueComment[] = [];
    for (const { id, author, body, created_at: createdAt } of notes.toReversed()) {
      if (!this.#people.isInsider(author)) continue;
      if (author !== null && (await this.#accounts.isBot(author, signal))) continue;
      comments.push({ id: String(id), author: author?.username ?? null, body, createdAt });
    }
    return comments;
  }

  async #put(
    iid: number,
    { key, body }: CommentOrder,
    known: NoteRecord | null,
    signal: AbortSignal,
  ): Promise<CommentReceipt> {
    const marked = markedNote(key, body);
    if (known !== null && textOf(known.body) === textOf(marked)) {
      return { writtenAt: known.updated_at };
    }
    const path = this.#path(iid);
    const reply =
      known === null
        ? await this.#client.write("POST", path, { body: marked }, signal)
        : await this.#client.write("PUT", `${path}/${known.id}`, { body: marked }, signal);
    const written = readNote(reply.data);
    this.#remember(iid, key, written.id);
    return { writtenAt: written.updated_at };
  }

  /** By its id if that is known and still right; else among all notes of the issue. */
  async #find(iid: number, key: string, signal: AbortSignal): Promise<NoteRecord | null> {
    const viewer = await this.#accounts.viewer(signal);
    // A stranger may copy a marker: ours are those that we wrote as well.
    const isIt = ({ body, author }: NoteRecord): boolean =>
      keyOf(body) === key && author?.id === viewer.id;
    const place = `${iid} ${key}`;
    const id = this.#ids.get(place);
    if (id !== undefined) {
      const record = await this.#one(iid, id, signal);
      if (record !== null && isIt(record)) return record;
      this.#ids.delete(place);
    }
    const found = (await this.#list(iid, isIt, signal)).find(isIt);
    if (found !== undefined) this.#remember(iid, key, found.id);
    return found ?? null;
  }

  async #one(iid: number, id: number, signal: AbortSignal): Promise<NoteRecord | null> {
    try {
      return readNote((await this.#client.get(`${this.#path(iid)}/${id}`, {}, signal)).data);
    } catch (error) {
      if (error instanceof StatusFailure && error.status === 404) return null;
      throw error;
    }
  }

  /** Newest first, each once, without those that GitLab writes itself; read until one is the last that is wanted. */
  async #list(
    iid: number,
    isLast: (note: NoteRecord) => boolean,
    signal: AbortSignal,
  ): Promise<readonly NoteRecord[]> {
    const query = { order_by: "created_at", sort: "desc" };
    const isEnough = (records: readonly unknown[]): boolean =>
      records.slice(-100).some((record) => isLast(readNote(record)));
    const { records } = await readPages(this.#client, this.#path(iid), query, signal, isEnough);
    const notes = records.map(readNote).filter(({ system }) => !system);
    return [...new Map(notes.map((note) => [note.id, note])).values()];
  }

  #path(iid: number): string {
    return `${this.#project}/issues/${iid}/notes`;
  }

  #remember(iid: number, key: string, id: number): void {
    const oldest = this.#ids.keys().next();
    if (this.#ids.size >= mostRemembered && oldest.done !== true) this.#ids.delete(oldest.value);
    this.#ids.set(`${iid} ${key}`, id);
  }
}

function noRoom(iid: number): Error {
  const most = noteLimit.maxLength.toLocaleString("en");
  const message = `the note with the links of #${iid} would be longer than the ${most} characters that GitLab takes`;
  return trackerError("tracker_status", message, {
    remedy: "Attach shorter links, or take away some that are in that note.",
  });
}

function readNote(value: unknown): NoteRecord {
  const result = v.safeParse(noteSchema, value);
  if (result.success) return result.output;
  throw gitlabErrors.payload("a note", result.issues[0].message);
}
