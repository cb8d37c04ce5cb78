import { randomUUID } from "node:crypto";
import type { LinearRecords, PageArguments } from "./linear-records.ts";
import { InvalidInput, found } from "./linear-store.ts";
import type { LinearStore, StoredUser } from "./linear-store.ts";

type Input = { readonly [field: string]: unknown };
interface Mutation {
  readonly id: string;
  readonly input: Input;
}

/** The fields of `Query` and `Mutation` that are played. The others are not there, and throw. */
export function linearRoots(
  store: LinearStore,
  records: LinearRecords,
  viewer: StoredUser,
): Readonly<Record<string, unknown>> {
  return { ...queries(store, records, viewer), ...mutations(store, records, viewer) };
}

function queries(store: LinearStore, records: LinearRecords, viewer: StoredUser) {
  return {
    viewer: () => records.user(viewer.id),
    organization: { id: "organization", urlKey: "example", name: "Example" },
    teams: (given: PageArguments) =>
      records.list(dated(store.teams), given, (team) => records.team(team)),
    projects: (given: PageArguments) =>
      records.list(dated(store.projects), given, (project) => records.project(project)),
    issueLabels: (given: PageArguments) =>
      records.list(dated(store.labels), given, (label) => records.label(label)),
    issues: (given: PageArguments) => records.issues(given),
    issue: ({ id }: { id: string }) => records.issue(store.issue(id)),
    comment: ({ id }: { id: string }) => records.comment(store.comment(id)),
    comments: (given: PageArguments) =>
      records.list(store.comments.values(), given, (comment) => records.comment(comment)),
    agentSessions: (given: PageArguments) =>
      records.list(
        store.sessions,
        given,
        (session) => records.session(session),
        ({ updatedAt }) => updatedAt,
      ),
    agentActivities: (given: PageArguments) =>
      records.list(store.activities, given, (activity) => records.activity(activity)),
    agentActivity: ({ id }: { id: string }) => records.activity(found(store.activities, id)),
  };
}

function mutations(store: LinearStore, records: LinearRecords, viewer: StoredUser) {
  return {
    issueUpdate: ({ id, input }: Mutation) => {
      const issue = store.issue(id);
      const { addedLabelIds = [], removedLabelIds = [], ...fields } = input;
      only(fields, ["stateId", "delegateId", "assigneeId"]);
      const removed = new Set(idsIn(removedLabelIds));
      const kept = issue.labelIds.filter((label) => !removed.has(label));
      const labelIds = [...new Set([...kept, ...idsIn(addedLabelIds)])];
      for (const label of labelIds) found(store.labels, label);
      if (typeof fields["stateId"] === "string") {
        found(found(store.teams, issue.teamId).states, fields["stateId"]);
      }
      if (!store.ignoresUpdates) store.changeIssue(id, { ...fields, labelIds });
      return { success: true, lastSyncId: 0, issue: () => records.issue(store.issue(id)) };
    },
    commentCreate: ({ input }: Mutation) => {
      only(input, ["id", "issueId", "body"]);
      const issue = store.issue(text(input, "issueId"));
      const id = input["id"] === undefined ? randomUUID() : text(input, "id");
      if (store.comments.has(id)) throw new InvalidInput(`A comment with the id ${id} exists`);
      const comment = store.addComment(issue.id, viewer, text(input, "body"), id);
      return { success: true, lastSyncId: 0, comment: records.comment(comment) };
    },
    commentUpdate: ({ id, input }: Mutation) => {
      only(input, ["body"]);
      const at = store.now();
      const body = text(input, "body");
      store.comments.set(id, { ...store.comment(id), body, updatedAt: at, editedAt: at });
      return { success: true, lastSyncId: 0, comment: records.comment(store.comment(id)) };
    },
    attachmentCreate: ({ input }: Mutation) => {
      only(input, ["issueId", "url", "title"]);
      const link = { issueId: store.issue(text(input, "issueId")).id, url: text(input, "url"), title: text(input, "title") };
      const known = store.attachments.findIndex(({ issueId, url }) => issueId === link.issueId && url === link.url);
      store.attachments.splice(known < 0 ? store.attachments.length : known, 1, link);
      return { success: true, lastSyncId: 0 };
    },
    ...sessionMutations(store, records, viewer),
  };
}

function sessionMutations(store: LinearStore, records: LinearRecords, viewer: StoredUser) {
  return {
    agentSessionCreateOnIssue: ({ input }: Mutation) => {
      only(input, ["issueId"]);
      if (!viewer.app) throw new Forbidden("Only apps may have agent sessions");
      const session = store.addSession(store.issue(text(input, "issueId")).id, viewer.id);
      return { success: true, lastSyncId: 0, agentSession: records.session(session) };
    },
    agentSessionUpdate: ({ id, input }: Mutation) => {
      only(input, ["plan", "addedExternalUrls"]);
      const session = found(store.sessions, id);
      if (session.appUserId !== viewer.id) throw new Forbidden("The session is another app's");
      if (input["plan"] !== undefined) session.plan = input["plan"];
      for (const link of linksIn(input["addedExternalUrls"])) {
        session.externalUrls = [...session.externalUrls.filter(({ url }) => url !== link.url), link];
      }
      return { success: true, lastSyncId: 0, agentSession: records.session(session) };
    },
    agentActivityCreate: ({ input }: Mutation) => {
      only(input, ["id", "agentSessionId", "content", "ephemeral"]);
      const id = text(input, "id");
      if (store.activities.some((activity) => activity.id === id)) {
        throw new InvalidInput(`An activity with the id ${id} exists`);
      }
      const activity = store.addActivity({
        id,
        sessionId: found(store.sessions, text(input, "agentSessionId")).id,
        userId: viewer.id,
        content: contentIn(input["content"]),
        ephemeral: input["ephemeral"] === true,
        signal: null,
      });
      return { success: true, lastSyncId: 0, agentActivity: records.activity(activity) };
    },
  };
}

/** What the token may not do. */
export class Forbidden extends Error {}

/** Lists of these are short and undated: the order they were added in. */
function dated<Item>(items: readonly Item[]): readonly (Item & { createdAt: string })[] {
  return items.map((item, index) => ({ ...item, createdAt: new Date(1e12 - index).toISOString() }));
}

function only(input: Input, known: readonly string[]): void {
  const unknown = Object.keys(input).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`not implemented: the input ${unknown.join(", ")}`);
}

function text(input: Input, field: string): string {
  const value = input[field];
  if (typeof value !== "string" || value === "") throw new InvalidInput(`${field} should not be empty`);
  return value;
}

function idsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function linksIn(value: unknown): readonly { url: string; label: string }[] {
  return Array.isArray(value) ? value.map(({ url, label }) => ({ url: String(url), label: String(label) })) : [];
}

function contentIn(value: unknown): { type: string; body: string } {
  if (typeof value !== "object" || value === null || !("type" in value) || !("body" in value)) {
    throw new InvalidInput("content must have a type and a body");
  }
  const { type, body } = value;
  if (!["thought", "elicitation", "response", "error"].includes(String(type))) {
    throw new InvalidInput(`content may not be of type ${String(type)}`);
  }
  return { type: String(type), body: String(body) };
}

