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
import { foldState, isTerminal, placeOf, trackerError, Turns } from "@signalbox/http-tracker";
import { defaultEndpoint, rootOf } from "./endpoint.ts";
import { GitlabClient } from "./gitlab-client.ts";
import type { GitlabOptions } from "./gitlab-options.ts";
import type { IssueRecord } from "./issue-record.ts";
import { originOf } from "./origin-remote.ts";
import { pathOf, readProjectName } from "./project-name.ts";
import { transitionIssue } from "./transition-issue.ts";
import { readWebhook } from "./webhook.ts";
import { setUp } from "./workbench.ts";
import type { Workbench } from "./workbench.ts";

/** What the adapter needs from its host; a `PluginContext` fits. */
export interface GitlabHost {
  /** The repository that agents work on, a path or a URL: its `origin` is the default of `project`. */
  readonly repository?: string | undefined;
  readonly logger?: Logger | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/**
 * The issues of a GitLab project as a tracker. It asks for what changed, never sends a write twice by itself, and starts
 * nothing before the first call.
 */
export class GitlabTrackerAdapter implements Tracker {
  /** There where the options name a mark. */
  readonly claim?: NonNullable<Tracker["claim"]>;
  readonly release?: NonNullable<Tracker["release"]>;
  /** There where the options name the secret. */
  readonly webhook?: NonNullable<Tracker["webhook"]>;
  readonly #options: GitlabOptions;
  readonly #host: GitlabHost;
  readonly #root: string;
  readonly #client: GitlabClient;
  /** Transitions and claims of one issue must not mix. */
  readonly #turns = new Turns();
  readonly #naming = new Turns();
  #workbench: Workbench | null = null;

  /** Throws `tracker_secret` without a token. */
  constructor(options: GitlabOptions, host: GitlabHost = {}) {
    const { token, webhookSecret } = options;
    if (token === undefined) throw noToken();
    this.#options = options;
    this.#host = host;
    this.#root = rootOf(options.endpoint ?? defaultEndpoint);
    this.#client = new GitlabClient({
      root: `${this.#root}/api/v4`,
      token,
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
      this.webhook = async (request, signal) => {
        const { project } = await this.#at(signal);
        return readWebhook(request, { secret: webhookSecret, project });
      };
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
    const hasClosed = states.some((state) => isTerminal(names.kindOf(state)));
    const { records } = await feed.scope(hasClosed, signal);
    const isWanted = (record: IssueRecord): boolean => wanted.has(foldState(names.of(record).name));
    return this.#issues(records.filter(isWanted), signal);
  }

  async fetchIssuesByIds(ids: readonly string[], signal: AbortSignal): Promise<readonly Issue[]> {
    signal.throwIfAborted();
    // What is no number is no issue of this project.
    const iids = [...new Set(ids)].filter(isNumber).map(Number);
    if (iids.length === 0) return [];
    const { lists } = await this.#at(signal);
    return this.#issues(await lists.byNumbers(iids, signal), signal);
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
    const { project, states, lists, reader } = await this.#at(signal);
    const parts = {
      client: this.#client,
      project: pathOf(project),
      name: project.name,
      states,
      labels: async (inner: AbortSignal) => lists.labels(inner),
      read: async (inner: AbortSignal) => this.#one(issueId, inner),
      issue: async (record: IssueRecord, inner: AbortSignal): Promise<Issue> => {
        const [read = { record, refs: [] }] = await reader.read([record], true, inner);
        return reader.issue(read);
      },
    };
    return this.#turns.take(signal, () => transitionIssue(parts, order, signal));
  }

  async ensureComment(
    issueId: string,
    order: CommentOrder,
    signal: AbortSignal,
  ): Promise<CommentReceipt> {
    const { notes } = await this.#at(signal);
    return notes.ensure(numberOf(issueId), order, signal);
  }

  async fetchComments(
    issueId: string,
    after: string | null,
    signal: AbortSignal,
  ): Promise<readonly IssueComment[]> {
    const { notes } = await this.#at(signal);
    return notes.ofPeople(numberOf(issueId), after, signal);
  }

  async attachLink(issueId: string, order: LinkOrder, signal: AbortSignal): Promise<void> {
    const { notes } = await this.#at(signal);
    await notes.link(numberOf(issueId), order, signal);
  }

  async describe(signal: AbortSignal): Promise<TrackerDescription> {
    const { project, lists, states } = await this.#at(signal);
    const { url } = await lists.requireIssues(signal);
    const names = states.writable(states.hasLabels ? await lists.labels(signal) : []);
    return {
      scope: `${placeOf(this.#root)}/${project.name}`.toLowerCase(),
      url: url !== null && /^https?:\/\//.test(url) ? `${url}/-/issues` : null,
      states: names.map((name) => ({ name, kind: states.kindOf(name) })),
    };
  }

  async close(): Promise<void> {
    this.#workbench = null;
  }

  async #mark(what: "claim" | "release", issueId: string, signal: AbortSignal): Promise<void> {
    const { claims } = await this.#at(signal);
    await this.#turns.take(signal, async () =>
      claims[what](await this.#one(issueId, signal), signal),
    );
  }

  async #one(issueId: string, signal: AbortSignal): Promise<IssueRecord> {
    const { project, lists } = await this.#at(signal);
    const [record] = await lists.byNumbers([numberOf(issueId)], signal);
    if (record === undefined) throw gone(`${project.name}#${issueId}`);
    return record;
  }

  async #issues(records: readonly IssueRecord[], signal: AbortSignal): Promise<readonly Issue[]> {
    const { reader } = await this.#at(signal);
    const read = await reader.read(records, true, signal);
    const known = new Map(records.map((record) => [record.iid, record]));
    return read.map((one) => reader.issue(one, (iid) => known.get(iid) ?? null));
  }

  /** The project is named once; a failure is tried again by the next call. */
  async #at(signal: AbortSignal): Promise<Workbench> {
    signal.throwIfAborted();
    return this.#naming.take(signal, async () => {
      this.#workbench ??= await this.#open(signal);
      return this.#workbench;
    });
  }

  async #open(signal: AbortSignal): Promise<Workbench> {
    const { project } = this.#options;
    const named = project === undefined ? null : readProjectName(project);
    const name = named ?? (await originOf(this.#host.repository ?? ".", this.#root, signal));
    const host = { logger: this.#host.logger ?? null, now: this.#host.now ?? Date.now };
    return setUp(this.#client, name, this.#options, host);
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
    remedy: "Look whether it was deleted or moved to another project.",
  });
}

function noToken(): Error {
  return trackerError("tracker_secret", "GitLab needs a token, and none is there", {
    remedy: "Write `token: $GITLAB_TOKEN` under `tracker.provider`, and set that variable.",
  });
}
