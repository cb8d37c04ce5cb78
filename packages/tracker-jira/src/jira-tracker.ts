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
import { foldState, placeOf, trackerError, Turns } from "@signalbox/http-tracker";
import { rootOf } from "./endpoint.ts";
import type { IssueRecord } from "./issue-record.ts";
import { JiraClient } from "./jira-client.ts";
import { gone } from "./jira-errors.ts";
import type { JiraOptions } from "./jira-options.ts";
import { readStatuses } from "./project-statuses.ts";
import { attachRemoteLink } from "./remote-links.ts";
import { openSite } from "./site.ts";
import { transitionIssue } from "./transition-issue.ts";
import { readWebhook } from "./webhook.ts";
import { setUp } from "./workbench.ts";
import type { Workbench } from "./workbench.ts";

/** What the adapter needs from its host; a `PluginContext` fits. */
export interface JiraHost {
  readonly logger?: Logger | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/**
 * The issues of a Jira project as a tracker, on Cloud or on a Data Center. It asks for what changed, never sends a
 * write twice by itself, and starts nothing before the first call.
 */
export class JiraTrackerAdapter implements Tracker {
  /** There where the options name a mark. */
  readonly claim?: NonNullable<Tracker["claim"]>;
  readonly release?: NonNullable<Tracker["release"]>;
  /** There where the options name the secret. */
  readonly webhook?: NonNullable<Tracker["webhook"]>;
  readonly #options: JiraOptions;
  readonly #host: JiraHost;
  readonly #root: string;
  readonly #project: string;
  readonly #client: JiraClient;
  /** Transitions and claims of one issue must not mix. */
  readonly #turns = new Turns();
  readonly #opening = new Turns();
  #workbench: Workbench | null = null;

  /** Throws `tracker_secret` without a token, `tracker_config` without an endpoint or a project. */
  constructor(options: JiraOptions, host: JiraHost = {}) {
    const { token, endpoint, project, webhookSecret } = options;
    if (token === undefined) throw noToken();
    if (endpoint === undefined) throw missing("endpoint", "https://example.atlassian.net");
    if (project === undefined) throw missing("project", "ABC");
    this.#options = options;
    this.#host = host;
    this.#root = rootOf(endpoint);
    this.#project = project;
    this.#client = new JiraClient({
      root: this.#root,
      token,
      email: options.email ?? null,
      otherSecrets: [webhookSecret],
      timeoutMs: options.timeoutMs ?? 30_000,
      writeIntervalMs: options.writeIntervalMs ?? 250,
      fetch: host.fetch ?? globalThis.fetch,
      now: host.now ?? Date.now,
    });
    if (options.claimAssignee !== undefined || options.claimLabel !== undefined) {
      this.claim = async (issueId, _, signal) => this.#mark("claim", issueId, signal);
      this.release = async (issueId, _, signal) => this.#mark("release", issueId, signal);
    }
    if (webhookSecret !== undefined) {
      // What is not genuine must not make the adapter ask Jira anything.
      this.webhook = async (request) =>
        readWebhook(request, {
          secret: webhookSecret,
          project: this.#workbench?.site.project ?? null,
        });
    }
  }

  async fetchIssuesByStates(
    states: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Issue[]> {
    signal.throwIfAborted();
    const wanted = new Set(states.map(foldState));
    if (wanted.size === 0) return [];
    const { feed, states: names } = await this.#at(signal);
    const { records } = await feed.scope(signal);
    const isWanted = ({ status }: IssueRecord): boolean =>
      wanted.has(foldState(names.of(status).name));
    return this.#issues(records.filter(isWanted), signal);
  }

  async fetchIssuesByIds(ids: readonly string[], signal: AbortSignal): Promise<readonly Issue[]> {
    signal.throwIfAborted();
    // What is no number is no issue of Jira's.
    const known = [...new Set(ids)].filter(isNumber);
    if (known.length === 0) return [];
    const { lists } = await this.#at(signal);
    return this.#issues(await lists.byIds(known, signal), signal);
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
    const id = numberOf(issueId);
    const { site, states, search, lists } = await this.#at(signal);
    const parts = {
      client: this.#client,
      site,
      states,
      resolution: this.#options.resolution ?? null,
      names: async (inner: AbortSignal) =>
        states.among(await readStatuses(this.#client, site, inner)).map(({ name }) => name),
      read: async (inner: AbortSignal) => lists.one(id, inner),
      issue: async (record: IssueRecord, inner: AbortSignal): Promise<Issue> => {
        const [issue] = await this.#issues([record], inner);
        if (issue === undefined) throw gone(id);
        return issue;
      },
    };
    return this.#turns.take(signal, async () => {
      search.wrote(id);
      return transitionIssue(parts, order, signal);
    });
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
    const { site } = await this.#at(signal);
    await attachRemoteLink(this.#client, site, numberOf(issueId), order, signal);
  }

  async describe(signal: AbortSignal): Promise<TrackerDescription> {
    const { site, states } = await this.#at(signal);
    const statuses = await readStatuses(this.#client, site, signal);
    return {
      scope: `${placeOf(this.#root)}/${site.project.key}`.toLowerCase(),
      url: `${site.url}/browse/${encodeURIComponent(site.project.key)}`,
      states: states.among(statuses),
    };
  }

  async close(): Promise<void> {
    this.#workbench = null;
  }

  async #mark(what: "claim" | "release", issueId: string, signal: AbortSignal): Promise<void> {
    const id = numberOf(issueId);
    const { claims, lists, search } = await this.#at(signal);
    await this.#turns.take(signal, async () => {
      search.wrote(id);
      await claims[what](await lists.one(id, signal), signal);
    });
  }

  async #issues(records: readonly IssueRecord[], signal: AbortSignal): Promise<readonly Issue[]> {
    const { reader } = await this.#at(signal);
    await reader.load(records, signal);
    return records.map((record) => reader.issue(record));
  }

  /** The project is looked for once; a failure is tried again by the next call. */
  async #at(signal: AbortSignal): Promise<Workbench> {
    signal.throwIfAborted();
    return this.#opening.take(signal, async () => {
      this.#workbench ??= await this.#open(signal);
      return this.#workbench;
    });
  }

  async #open(signal: AbortSignal): Promise<Workbench> {
    const site = await openSite(this.#client, this.#project, signal);
    const host = { logger: this.#host.logger ?? null, now: this.#host.now ?? Date.now };
    return setUp(this.#client, site, this.#options, host);
  }
}

function isNumber(id: string): boolean {
  return /^[1-9]\d{0,14}$/.test(id);
}

function numberOf(id: string): string {
  if (isNumber(id)) return id;
  throw gone(id);
}

function missing(option: string, example: string): Error {
  return trackerError("tracker_config", `Jira needs \`${option}\`, and it is not there`, {
    remedy: `Write \`${option}: ${example}\` under \`tracker.provider\`.`,
  });
}

function noToken(): Error {
  return trackerError("tracker_secret", "Jira needs a token, and none is there", {
    remedy: "Write `token: $JIRA_TOKEN` under `tracker.provider`, and set that variable.",
  });
}
