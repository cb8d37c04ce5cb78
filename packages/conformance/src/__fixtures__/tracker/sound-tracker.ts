import {
  type CommentOrder,
  type CommentReceipt,
  type Issue,
  type IssueComment,
  type LinkOrder,
  type PluginContext,
  SignalboxError,
  type Tracker,
  type TrackerChanges,
  type TrackerDescription,
  type TrackerTool,
  type TransitionOrder,
  type TransitionResult,
  type WebhookReceipt,
} from "@signalbox/contracts";
import * as v from "valibot";
import { ServiceClient } from "./service-client.ts";

const record = v.object({
  id: v.string(),
  title: v.pipe(v.string(), v.nonEmpty()),
  state: v.pipe(v.string(), v.nonEmpty()),
  labels: v.array(v.string()),
  priority: v.fallback(v.nullable(v.picklist([1, 2, 3, 4])), null),
  createdAt: v.fallback(v.nullable(v.pipe(v.string(), v.isoTimestamp())), null),
  held: v.nullable(v.string()),
  blockedBy: v.array(v.object({ id: v.string(), state: v.nullable(v.string()) })),
});
const page = v.object({
  issues: v.array(v.unknown()),
  removed: v.array(v.string()),
  version: v.number(),
  hasMore: v.boolean(),
  next: v.nullable(v.string()),
});
const comments = v.array(v.object({ body: v.string(), writtenAt: v.string() }));
const receipt = v.object({ writtenAt: v.string() });

type Page = v.InferOutput<typeof page>;

/** An adapter of `IssueService` that keeps every law. */
export class SoundTracker implements Tracker {
  readonly #client: ServiceClient;
  readonly #context: PluginContext;

  constructor(client: ServiceClient, context: PluginContext) {
    this.#client = client;
    this.#context = context;
  }

  async fetchIssuesByStates(states: readonly string[], signal: AbortSignal): Promise<readonly Issue[]> {
    signal.throwIfAborted();
    if (states.length === 0) return [];
    const { issues } = await this.#read({ states: states.map(fold).join() }, signal);
    return this.#readable(issues);
  }

  async fetchIssuesByIds(ids: readonly string[], signal: AbortSignal): Promise<readonly Issue[]> {
    signal.throwIfAborted();
    const unique = [...new Set(ids)];
    const found: Issue[] = [];
    for (let at = 0; at < unique.length; at += 50) {
      const { issues } = await this.#read({ ids: unique.slice(at, at + 50).join() }, signal);
      for (const raw of issues) found.push(toIssue(raw) ?? unreadable());
    }
    return found;
  }

  async fetchChanges(cursor: string | null, signal: AbortSignal): Promise<TrackerChanges> {
    signal.throwIfAborted();
    const since = /^\d+$/.test(cursor ?? "") ? cursor : null;
    const { issues, removed, version } = await this.#read(since === null ? {} : { since }, signal);
    const current = `${version}`;
    if (current === since) return { kind: "unchanged", cursor: current };
    const readable = this.#readable(issues);
    return since === null
      ? { kind: "full", cursor: current, issues: readable }
      : { kind: "changes", cursor: current, issues: readable, removedIds: removed };
  }

  async transition(id: string, order: TransitionOrder, signal: AbortSignal): Promise<TransitionResult> {
    signal.throwIfAborted();
    const issue = await this.#one(id, signal);
    if (fold(issue.state) === fold(order.to)) return { kind: "confirmed", issue };
    if (order.from !== null && fold(issue.state) !== fold(order.from)) {
      return { kind: "conflict", issue };
    }
    await this.#client.send("PUT", `/issues/${id}/state`, { state: order.to }, signal);
    const after = await this.#one(id, signal);
    return fold(after.state) === fold(order.to)
      ? { kind: "confirmed", issue: after }
      : { kind: "rejected", reason: `The service left it in ${after.state}.` };
  }

  async ensureComment(id: string, { key, body }: CommentOrder, signal: AbortSignal): Promise<CommentReceipt> {
    const path = `/issues/${id}/comments/${encodeURIComponent(key)}`;
    return parsed(receipt, await this.#client.send("PUT", path, { body }, signal));
  }

  async fetchComments(id: string, after: string | null, signal: AbortSignal): Promise<readonly IssueComment[]> {
    const all = parsed(comments, await this.#client.send("GET", `/issues/${id}/comments`, null, signal));
    return all
      .map(({ body, writtenAt }) => ({ id: writtenAt, author: null, body, createdAt: writtenAt }))
      .filter(({ createdAt }) => after === null || createdAt > after);
  }

  async claim(id: string, { key }: { readonly key: string }, signal: AbortSignal): Promise<void> {
    await this.#client.send("PUT", `/issues/${id}/claim`, { key }, signal);
  }

  async release(id: string, _: { readonly key: string }, signal: AbortSignal): Promise<void> {
    await this.#client.send("DELETE", `/issues/${id}/claim`, null, signal);
  }

  async attachLink(id: string, link: LinkOrder, signal: AbortSignal): Promise<void> {
    await this.#client.send("PUT", `/issues/${id}/links`, link, signal);
  }

  agentTools(): readonly TrackerTool[] {
    return [
      {
        name: "estimate",
        description: "Tells how large the issue is.",
        inputSchema: { type: "object", properties: { points: { type: "number" } } },
        call: async () => ({
          kind: "failed",
          code: "invalid-input",
          message: "points is missing.",
          retryable: false,
        }),
      },
    ];
  }

  async webhook(): Promise<WebhookReceipt> {
    return { kind: "refused", status: 401, reason: "The signature is wrong." };
  }

  async describe(signal: AbortSignal): Promise<TrackerDescription> {
    const { issues } = await this.#read({}, signal);
    const names = new Set(this.#readable(issues).map(({ state }) => state));
    return { scope: "service", url: null, states: [...names].map((name) => ({ name, kind: null })) };
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  /** All pages, as one. */
  async #read(query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Page> {
    const seen = new Set<string>();
    const issues: unknown[] = [];
    for (let after: string | null = null; ; ) {
      const search = new URLSearchParams({ ...query, ...(after === null ? {} : { after }) });
      const read = parsed(page, await this.#client.send("GET", `/issues?${search}`, null, signal));
      issues.push(...read.issues);
      if (!read.hasMore) return { ...read, issues };
      after = read.next;
      if (after === null || seen.has(after)) {
        throw new SignalboxError("tracker_pagination", "the service does not say where to go on");
      }
      seen.add(after);
    }
  }

  async #one(id: string, signal: AbortSignal): Promise<Issue> {
    return toIssue(await this.#client.send("GET", `/issues/${id}`, null, signal)) ?? unreadable();
  }

  #readable(records: readonly unknown[]): readonly Issue[] {
    return records.flatMap((raw) => {
      const issue = toIssue(raw);
      if (issue === null) this.#context.logger.log("warn", "a record is no issue");
      return issue ?? [];
    });
  }
}

function fold(state: string): string {
  return state.trim().toLowerCase();
}

function unreadable(): never {
  throw new SignalboxError("tracker_payload", "a record is no issue");
}

function parsed<Schema extends v.GenericSchema>(schema: Schema, raw: unknown): v.InferOutput<Schema> {
  const { success, output } = v.safeParse(schema, raw);
  if (success) return output;
  throw new SignalboxError("tracker_payload", "the service answered something else");
}

function toIssue(raw: unknown): Issue | null {
  const { success, output } = v.safeParse(record, raw);
  if (!success) return null;
  const { id, title, state, labels, priority, createdAt, held, blockedBy } = output;
  const trimmed = labels.map((label) => label.trim().toLowerCase());
  return {
    id,
    identifier: `#${id}`,
    title,
    description: null,
    state,
    stateKind: null,
    priority,
    labels: [...new Set(trimmed)].filter((label) => label !== ""),
    blockedBy: blockedBy.map(({ id: of, state: is }) => ({
      id: of,
      identifier: `#${of}`,
      state: is,
      stateKind: null,
    })),
    assignee: null,
    branchName: null,
    url: null,
    createdAt,
    updatedAt: null,
    notDispatchable: held,
    nativeRef: { id },
  };
}
