import type {
  CommentOrder,
  CommentReceipt,
  Issue,
  IssueComment,
  LinkOrder,
  Logger,
  Tracker,
  TrackerChanges,
  TrackerDescription,
  TransitionOrder,
  TransitionResult,
} from "@signalbox/contracts";
import * as v from "valibot";
import { ClaimLabel } from "./claim-label.ts";
import { Comments } from "./comments.ts";
import { createAttachmentDocument } from "./documents.ts";
import { IssueChanges } from "./issue-changes.ts";
import { IssueReader } from "./issue-reader.ts";
import { IssueScope } from "./issue-scope.ts";
import { IssueWriter } from "./issue-writer.ts";
import { LinearClient } from "./linear-client.ts";
import { trackerError } from "./linear-error.ts";
import type { LinearOptions } from "./linear-options.ts";
import { readWebhook } from "./webhook.ts";

/** Characters of a link's URL and title together: more than any page has, and than an agent should get stored. */
const longestLink = 65_536;

/** What the adapter needs of its host. */
export interface LinearTrackerHost {
  readonly logger: Logger;
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * Issues of a Linear team or project. Nothing is asked before the first call. `claim` and `release` are there where a
 * claim label is given, `webhook` where its secret is.
 */
export class LinearTrackerAdapter implements Tracker {
  readonly claim?: NonNullable<Tracker["claim"]>;
  readonly release?: NonNullable<Tracker["release"]>;
  readonly webhook?: NonNullable<Tracker["webhook"]>;
  protected readonly client: LinearClient;
  protected readonly scope: IssueScope;
  protected readonly writer: IssueWriter;
  protected readonly claimLabel: ClaimLabel | null;
  readonly #reader: IssueReader;
  readonly #changes: IssueChanges;
  readonly #comments: Comments;
  readonly #closed = new AbortController();

  constructor(options: LinearOptions, host: LinearTrackerHost) {
    const { logger, now = Date.now, fetch = globalThis.fetch } = host;
    this.client = new LinearClient(options, { fetch, now, closed: this.#closed.signal });
    this.scope = new IssueScope(options, this.client);
    this.#reader = new IssueReader(this.client, logger);
    this.writer = new IssueWriter(this.client, this.#reader);
    this.#changes = new IssueChanges(this.scope, this.#reader, now);
    this.#comments = new Comments(this.client);
    const { claimLabel, webhookSecret } = options;
    const label =
      claimLabel === undefined ? null : new ClaimLabel(claimLabel, this.client, this.writer);
    this.claimLabel = label;
    if (label !== null) {
      this.claim = (issueId, _order, signal) => label.set(issueId, true, signal);
      this.release = (issueId, _order, signal) => label.set(issueId, false, signal);
    }
    if (webhookSecret !== undefined) {
      this.webhook = async (request, signal) => {
        signal.throwIfAborted();
        return readWebhook(request, webhookSecret);
      };
    }
  }

  async fetchIssuesByStates(
    states: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Issue[]> {
    signal.throwIfAborted();
    const wanted = new Set(states.map((state) => state.trim().toLowerCase()));
    if (wanted.size === 0) return [];
    await this.scope.viewer(signal);
    const named = [...wanted].map((state) => ({ state: { name: { eqIgnoreCase: state } } }));
    const { nodes } = await this.#reader.list({ ...this.scope.filter(), or: named }, signal);
    if (nodes.length === 0) await this.scope.confirm(signal);
    const kept = nodes.filter(({ state }) => wanted.has(state.name.trim().toLowerCase()));
    return (await this.#reader.complete(kept, signal)).issues;
  }

  async fetchIssuesByIds(ids: readonly string[], signal: AbortSignal): Promise<readonly Issue[]> {
    signal.throwIfAborted();
    if (ids.length === 0) return [];
    const issues = await this.#reader.byIds(ids, this.scope.filter(), signal);
    if (issues.length < new Set(ids).size) await this.scope.confirm(signal);
    return issues;
  }

  async fetchChanges(cursor: string | null, signal: AbortSignal): Promise<TrackerChanges> {
    return this.#changes.since(cursor, signal);
  }

  async transition(
    issueId: string,
    order: TransitionOrder,
    signal: AbortSignal,
  ): Promise<TransitionResult> {
    return this.writer.transition(issueId, order, signal);
  }

  async ensureComment(
    issueId: string,
    order: CommentOrder,
    signal: AbortSignal,
  ): Promise<CommentReceipt> {
    return this.#comments.ensure(issueId, order, signal);
  }

  async fetchComments(
    issueId: string,
    after: string | null,
    signal: AbortSignal,
  ): Promise<readonly IssueComment[]> {
    const viewer = await this.scope.viewer(signal);
    return this.#comments.ofPeople(issueId, after, viewer, signal);
  }

  /** Linear keeps one attachment per URL and issue: the same one again replaces it. */
  async attachLink(issueId: string, { url, title }: LinkOrder, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const length = url.length + title.length;
    if (length > longestLink) throw tooLong(length);
    await this.client.request(
      {
        action: "attaching a link",
        document: createAttachmentDocument,
        variables: { input: { issueId, url, title } },
        schema: v.object({ attachmentCreate: v.object({ success: v.literal(true) }) }),
      },
      signal,
    );
  }

  async describe(signal: AbortSignal): Promise<TrackerDescription> {
    return this.scope.describe(signal);
  }

  /** Ends the requests that are under way. */
  async close(): Promise<void> {
    this.#closed.abort(new DOMException("the tracker is closed", "AbortError"));
  }
}

function tooLong(length: number): Error {
  const [has, most] = [length, longestLink].map((count) => count.toLocaleString("en"));
  return trackerError(
    "tracker_status",
    `a link of ${has} characters is not attached: ${most} are the most`,
    { remedy: "Attach a shorter URL, or write it into a file." },
  );
}
