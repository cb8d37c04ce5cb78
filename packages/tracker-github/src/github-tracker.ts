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
  WebhookReceipt,
  WebhookRequest,
} from "@signalbox/contracts";
import { foldState, inParallel, kindOf, trackerError, Turns } from "@signalbox/http-tracker";
import { GithubClient } from "./github-client.ts";
import { defaultEndpoint } from "./github-options.ts";
import type { GithubOptions } from "./github-options.ts";
import type { IssueRecord } from "./issue-record.ts";
import { originOf } from "./origin-remote.ts";
import { hostOf, readRepositoryName } from "./repository-name.ts";
import { pathOf } from "./repository-path.ts";
import { closedKind } from "./state-source.ts";
import { transitionIssue } from "./transition-issue.ts";
import { readWebhook } from "./webhook.ts";
import { setUp } from "./workbench.ts";
import type { Workbench } from "./workbench.ts";

/** What the adapter needs from its host; a `PluginContext` fits. */
export interface GithubHost {
  /** The repository that agents work on, a path or a URL: its `origin` is the default of `repository`. */
  readonly repository?: string | undefined;
  readonly logger?: Logger | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/**
 * The issues of a GitHub repository as a tracker. It reads the list of changes with conditional requests, never sends a
 * write twice by itself, and starts nothing before the first call.
 */
export class GithubTrackerAdapter implements Tracker {
  /** There where the options name a mark. */
  readonly claim?: NonNullable<Tracker["claim"]>;
  readonly release?: NonNullable<Tracker["release"]>;
  /** There where the options name the secret. */
  readonly webhook?: NonNullable<Tracker["webhook"]>;
  readonly #options: GithubOptions;
  readonly #host: GithubHost;
  readonly #endpoint: string;
  readonly #client: GithubClient;
  /** Transitions of one issue must not mix. */
  readonly #turns = new Turns();
  readonly #naming = new Turns();
  #workbench: Workbench | null = null;

  /** Throws `tracker_secret` without a token. */
  constructor(options: GithubOptions, host: GithubHost = {}) {
    const { token, webhookSecret } = options;
    if (token === undefined) throw noToken();
    this.#options = options;
    this.#host = host;
    this.#endpoint = options.endpoint ?? defaultEndpoint;
    this.#client = new GithubClient({
      endpoint: this.#endpoint,
      token,
      otherSecrets: [webhookSecret],
      timeoutMs: options.timeoutMs ?? 30_000,
      writeIntervalMs: options.writeIntervalMs ?? 1_000,
      fetch: host.fetch ?? globalThis.fetch,
      now: host.now ?? Date.now,
    });
    if (options.claimAssignee !== undefined || options.claimLabel !== undefined) {
      this.claim = async (issueId, _, signal) => {
        const { claims } = await this.#at(signal);
        await claims.claim(numberOf(issueId), signal);
      };
      this.release = async (issueId, _, signal) => {
        const { claims } = await this.#at(signal);
        await claims.release(numberOf(issueId), signal);
      };
    }
    if (webhookSecret !== undefined) {
      this.webhook = async (request, signal) => this.#hint(request, webhookSecret, signal);
    }
  }

  async fetchIssuesByStates(
    states: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Issue[]> {
    signal.throwIfAborted();
    const wanted = new Set(states.map(foldState));
    if (wanted.size === 0) return [];
    const { feed, reader } = await this.#at(signal);
    await reader.refresh(signal);
    const { records } = await feed.scope(signal);
    const isWanted = (record: IssueRecord): boolean =>
      wanted.has(foldState(reader.issue({ record, refs: [] }).state));
    return this.#issues(records.filter(isWanted), signal);
  }

  async fetchIssuesByIds(ids: readonly string[], signal: AbortSignal): Promise<readonly Issue[]> {
    signal.throwIfAborted();
    // What is no number is no issue of this repository.
    const numbers = [...new Set(ids)].filter(isNumber).map(Number);
    if (numbers.length === 0) return [];
    const { lists, reader } = await this.#at(signal);
    await reader.refresh(signal);
    return this.#issues(await lists.byNumbers(numbers, signal), signal);
  }

  async fetchChanges(cursor: string | null, signal: AbortSignal): Promise<TrackerChanges> {
    signal.throwIfAborted();
    const { feed } = await this.#at(signal);
    return feed.fetch(cursor, signal);
  }

  async transition(
    issueId: string,
    order: TransitionOrder,
    signal: AbortSignal,
  ): Promise<TransitionResult> {
    const workbench = await this.#at(signal);
    const { path, source, closed, lists, reader } = workbench;
    const number = numberOf(issueId);
    const read = async (): Promise<IssueRecord> => {
      await reader.refresh(signal);
      const record = await lists.one(number, signal);
      if (record !== null) return record;
      await lists.requireRepository(signal);
      throw gone(`${path.fullName}#${number}`);
    };
    const issue = async (record: IssueRecord): Promise<Issue> =>
      reader.issue(await reader.read(record, true, signal));
    const parts = { client: this.#client, path, source, closed, read, issue };
    return this.#turns.take(signal, () => transitionIssue(parts, order, signal));
  }

  async ensureComment(
    issueId: string,
    order: CommentOrder,
    signal: AbortSignal,
  ): Promise<CommentReceipt> {
    const { comments } = await this.#at(signal);
    return comments.ensure(numberOf(issueId), order, signal);
  }

  async fetchComments(
    issueId: string,
    after: string | null,
    signal: AbortSignal,
  ): Promise<readonly IssueComment[]> {
    const { comments } = await this.#at(signal);
    return comments.ofPeople(numberOf(issueId), after, signal);
  }

  async attachLink(issueId: string, order: LinkOrder, signal: AbortSignal): Promise<void> {
    const { comments } = await this.#at(signal);
    await comments.link(numberOf(issueId), order, signal);
  }

  async describe(signal: AbortSignal): Promise<TrackerDescription> {
    const { path, lists, source, closed } = await this.#at(signal);
    await lists.requireRepository(signal);
    const host = hostOf(this.#endpoint);
    const names = await source.names(signal);
    const all = [source.unnamed, ...names, closed.completed, closed.notPlanned];
    const states = new Map(all.map((name) => [foldState(name), name]));
    const { protocol } = new URL(this.#endpoint);
    return {
      scope: `${host}/${path.fullName.toLowerCase()}`,
      url: `${protocol}//${host}/${path.fullName}/issues`,
      states: [...states.values()].map((name) => ({
        name,
        kind: closedKind(name, closed) ?? kindOf(name),
      })),
    };
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  async #issues(records: readonly IssueRecord[], signal: AbortSignal): Promise<readonly Issue[]> {
    const { reader } = await this.#at(signal);
    const read = await inParallel(records, (record) => reader.read(record, true, signal));
    const known = new Map(records.map((record) => [record.number, record]));
    return read.map((one) => reader.issue(one, (number) => known.get(number) ?? null));
  }

  async #hint(
    request: WebhookRequest,
    secret: string,
    signal: AbortSignal,
  ): Promise<WebhookReceipt> {
    const { path } = await this.#at(signal);
    return readWebhook(request, { secret, fullName: path.fullName });
  }

  /** The repository is looked up once; a failure is tried again by the next call. */
  async #at(signal: AbortSignal): Promise<Workbench> {
    signal.throwIfAborted();
    return this.#naming.take(signal, async () => {
      this.#workbench ??= await this.#open(signal);
      return this.#workbench;
    });
  }

  async #open(signal: AbortSignal): Promise<Workbench> {
    const { repository } = this.#options;
    const named = repository === undefined ? null : readRepositoryName(repository);
    const name = named ?? (await originOf(this.#host.repository ?? ".", this.#endpoint, signal));
    const host = { logger: this.#host.logger ?? null, now: this.#host.now ?? Date.now };
    return setUp(this.#client, pathOf(name), this.#options, host);
  }
}

function isNumber(id: string): boolean {
  return /^[1-9]\d{0,14}$/.test(id);
}

function numberOf(id: string): number {
  if (isNumber(id)) return Number(id);
  throw gone(id);
}

function gone(what: string): Error {
  return trackerError("tracker_status", `there is no issue ${what}`, {
    remedy: "Look whether it was deleted or transferred.",
  });
}

function noToken(): Error {
  return trackerError("tracker_secret", "GitHub needs a token, and none is there", {
    remedy: "Write `token: $GITHUB_TOKEN` under `tracker.provider`, and set that variable.",
  });
}
