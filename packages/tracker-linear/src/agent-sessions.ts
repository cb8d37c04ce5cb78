import type { ActivityOrder, LinkOrder, TrackerSignal } from "@signalbox/contracts";
import * as v from "valibot";
import {
  promptsSchema,
  sessionsOfIssueSchema,
  sessionsSchema,
  successSchema,
} from "./agent-session-reply.ts";
import {
  activityDocument,
  createActivityDocument,
  createSessionDocument,
  promptsDocument,
  sessionsDocument,
  sessionsOfIssueDocument,
  updateSessionDocument,
} from "./documents.ts";
import type { IssueScope } from "./issue-scope.ts";
import { uuidOf } from "./key-uuid.ts";
import type { LinearClient } from "./linear-client.ts";
import { LinearRefusal } from "./linear-error.ts";
import { untilSettled } from "./until-settled.ts";

/** Prompts may become visible a little later than their date says, milliseconds. */
const overlapMs = 60_000;

/** How far back a daemon that starts looks for orders to stop, milliseconds. */
const lookBackMs = 3_600_000;

const endedStates: ReadonlySet<string> = new Set(["complete", "error"]);

/** Stops of people, and Linear's clock when they were read. */
export interface StopSignals {
  readonly signals: readonly TrackerSignal[];
  readonly at: number;
}

/**
 * Linear's agent sessions: one per issue, gone on with as long as Linear keeps it. Which ones are ours is Linear's
 * knowledge; what is remembered here only saves requests.
 */
export class AgentSessions {
  readonly #client: LinearClient;
  readonly #scope: IssueScope;
  /** Sessions that are under way: ids by issue. */
  readonly #open = new Map<string, string>();
  /** Those that are being looked for or created, by issue: two at once would create two. */
  readonly #opening = new Map<string, Promise<string>>();
  #isRecovered = false;
  /** Linear's clock: prompts before it are known. */
  #since = 0;

  constructor(client: LinearClient, scope: IssueScope) {
    this.#client = client;
    this.#scope = scope;
  }

  async report(issueId: string, order: ActivityOrder, signal: AbortSignal): Promise<void> {
    const agentSessionId = await this.#ensure(issueId, signal);
    const id = uuidOf("activity", issueId, order.key);
    const content = { type: activityTypes[order.kind], body: order.body };
    try {
      await this.#client.request(
        {
          action: "telling of an activity",
          document: createActivityDocument,
          variables: {
            input: { id, agentSessionId, content, ephemeral: order.kind === "working" },
          },
          schema: v.object({ agentActivityCreate: successSchema }),
        },
        signal,
      );
    } catch (error) {
      if (!(error instanceof LinearRefusal && error.isDeclined)) throw error;
      if (!(await this.#isThere(id, signal))) {
        // The session may be gone; the next activity looks for it again.
        this.#open.delete(issueId);
        throw error;
      }
    }
    if (["finished", "failed", "stopped"].includes(order.kind)) this.#open.delete(issueId);
  }

  async setPlan(
    issueId: string,
    plan: readonly { readonly content: string; readonly status: string }[],
    signal: AbortSignal,
  ): Promise<void> {
    const session = await this.#ensure(issueId, signal);
    await this.#update("updating the plan", session, { plan }, signal);
  }

  /** Where the issue has a session. */
  async addLink(issueId: string, { url, title }: LinkOrder, signal: AbortSignal): Promise<void> {
    const session = this.#open.get(issueId) ?? (await this.#find(issueId, signal));
    if (session === null) return;
    const input = { addedExternalUrls: [{ url, label: title }] };
    await this.#update("linking from the agent session", session, input, signal);
  }

  /** One request at most; none where no session is under way. */
  async readStops(signal: AbortSignal): Promise<StopSignals> {
    if (!this.#isRecovered) await this.#recover(signal);
    const issues = new Map([...this.#open].map(([issueId, sessionId]) => [sessionId, issueId]));
    if (issues.size === 0) return { signals: [], at: this.#since };
    const { data, at } = await this.#client.request(
      {
        action: "reading orders to stop",
        document: promptsDocument,
        variables: {
          filter: {
            agentSessionId: { in: [...issues.keys()] },
            type: { eq: "prompt" },
            createdAt: { gte: new Date(Math.max(0, this.#since - overlapMs)).toISOString() },
          },
        },
        schema: promptsSchema,
      },
      signal,
    );
    const signals = data.agentActivities.nodes.flatMap((prompt): readonly TrackerSignal[] => {
      const issueId = issues.get(prompt.agentSession.id);
      if (prompt.signal !== "stop" || issueId === undefined) return [];
      return [{ kind: "stop", issueId, key: prompt.id, at: prompt.createdAt }];
    });
    return { signals, at };
  }

  /** What `readStops` told has reached the caller. */
  advance({ at }: StopSignals): void {
    this.#since = Math.max(this.#since, at);
  }

  async #recover(signal: AbortSignal): Promise<void> {
    const viewer = await this.#scope.viewer(signal);
    const { data, at } = await this.#client.request(
      {
        action: "looking for agent sessions under way",
        document: sessionsDocument,
        variables: {},
        schema: sessionsSchema,
      },
      signal,
    );
    for (const { id, status, appUser, issue } of data.agentSessions.nodes) {
      if (appUser.id !== viewer.id || issue === null || endedStates.has(status)) continue;
      if (!this.#open.has(issue.id)) this.#open.set(issue.id, id);
    }
    this.#since = at - lookBackMs;
    this.#isRecovered = true;
  }

  async #ensure(issueId: string, signal: AbortSignal): Promise<string> {
    const known = this.#open.get(issueId);
    if (known !== undefined) return known;
    const other = this.#opening.get(issueId);
    if (other !== undefined) {
      await untilSettled(other, signal);
      return this.#ensure(issueId, signal);
    }
    const opening = this.#findOrCreate(issueId, signal);
    this.#opening.set(issueId, opening);
    try {
      const session = await opening;
      this.#open.set(issueId, session);
      return session;
    } finally {
      this.#opening.delete(issueId);
    }
  }

  async #findOrCreate(issueId: string, signal: AbortSignal): Promise<string> {
    return (await this.#find(issueId, signal)) ?? this.#create(issueId, signal);
  }

  /** A session whose creation timed out is found here as well. */
  async #find(issueId: string, signal: AbortSignal): Promise<string | null> {
    const viewer = await this.#scope.viewer(signal);
    const { data } = await this.#client.request(
      {
        action: "looking for the issue's agent session",
        document: sessionsOfIssueDocument,
        variables: { id: issueId },
        schema: sessionsOfIssueSchema,
      },
      signal,
    );
    const ours = data.issue.agentSessions.nodes.filter(({ appUser }) => appUser.id === viewer.id);
    const newest = ours
      .toSorted((one, other) => one.createdAt.localeCompare(other.createdAt))
      .at(-1);
    return newest?.id ?? null;
  }

  async #create(issueId: string, signal: AbortSignal): Promise<string> {
    const { data } = await this.#client.request(
      {
        action: "opening an agent session",
        document: createSessionDocument,
        variables: { input: { issueId } },
        schema: v.object({
          agentSessionCreateOnIssue: v.object({ agentSession: v.object({ id: v.string() }) }),
        }),
      },
      signal,
    );
    return data.agentSessionCreateOnIssue.agentSession.id;
  }

  async #update(
    action: string,
    id: string,
    input: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#client.request(
      {
        action,
        document: updateSessionDocument,
        variables: { id, input },
        schema: v.object({ agentSessionUpdate: successSchema }),
      },
      signal,
    );
  }

  async #isThere(id: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#client.request(
        {
          action: "reading an activity",
          document: activityDocument,
          variables: { id },
          schema: v.object({ agentActivity: v.object({ id: v.string() }) }),
        },
        signal,
      );
      return true;
    } catch (error) {
      if (error instanceof LinearRefusal && error.isDeclined) return false;
      throw error;
    }
  }
}

const activityTypes: Readonly<Record<ActivityOrder["kind"], string>> = {
  started: "thought",
  working: "thought",
  question: "elicitation",
  finished: "response",
  failed: "error",
  stopped: "response",
};
