import { matches } from "./linear-filter.ts";
import { EntityMissing, InvalidInput, found } from "./linear-store.ts";
import type {
  LinearStore,
  StoredActivity,
  StoredComment,
  StoredIssue,
  StoredLabel,
  StoredProject,
  StoredSession,
  StoredTeam,
} from "./linear-store.ts";

export interface PageArguments {
  readonly first?: number;
  readonly after?: string | null;
  readonly orderBy?: string;
  readonly filter?: unknown;
  readonly includeArchived?: boolean;
}

/** How pages announce the next one: as they should, with the same cursor every time, or without any. */
export type Paging = "right" | "repeated" | "missing";

type Fields = { readonly [field: string]: unknown };

/** What the API answers with: fields as values, and lists as functions of their arguments. */
export class LinearRecords {
  paging: Paging = "right";
  readonly #store: LinearStore;
  readonly #viewerId: string;

  constructor(store: LinearStore, viewerId: string, paging: Paging) {
    this.#store = store;
    this.#viewerId = viewerId;
    this.paging = paging;
  }

  page(items: readonly Fields[], given: PageArguments): Fields {
    const { first = 50, after = null } = given;
    if (first > 250) throw new InvalidInput("first may be 250 at most");
    const index = after === null ? -1 : items.findIndex(({ id }) => id === after);
    if (after !== null && index < 0) throw new InvalidInput("the cursor is unknown");
    const nodes = items.slice(index + 1, index + 1 + first);
    const hasNextPage = items.length > index + 1 + first;
    const cursor = this.paging === "repeated" ? items[0]?.["id"] : nodes.at(-1)?.["id"];
    const endCursor = this.paging === "missing" ? null : (cursor ?? null);
    return { nodes, pageInfo: { hasNextPage, endCursor } };
  }

  /** Newest first, as Linear lists. */
  list<Item extends { createdAt: string }>(
    items: Iterable<Item>,
    given: PageArguments,
    view: (item: Item) => Fields,
    date: (item: Item) => string = ({ createdAt }) => createdAt,
  ): Fields {
    const ordered = [...items].toSorted((one, other) => date(other).localeCompare(date(one)));
    const kept = ordered.map(view).filter((item) => matches(given.filter ?? {}, plain(item)));
    return this.page(kept, given);
  }

  issues(given: PageArguments): Fields {
    const all = [...this.#store.issues.values()].filter(
      ({ archivedAt }) => given.includeArchived === true || archivedAt === null,
    );
    const date = (issue: StoredIssue): string =>
      given.orderBy === "updatedAt" ? issue.updatedAt : issue.createdAt;
    const ordered = all.toSorted((one, other) => date(other).localeCompare(date(one)));
    const filter = given.filter ?? {};
    const kept = ordered.filter((issue) => matches(filter, this.#issueForFilter(issue)));
    return this.page(
      kept.map((issue) => this.issue(issue)),
      given,
    );
  }

  issue(issue: StoredIssue): Fields {
    const team = found(this.#store.teams, issue.teamId);
    const project = this.#store.projects.find(({ id }) => id === issue.projectId);
    const identifier = `${team.key}-${issue.number}`;
    return {
      ...issue,
      identifier,
      url: `https://linear.app/example/issue/${identifier}`,
      branchName: `feature/${identifier.toLowerCase()}`,
      state: found(team.states, issue.stateId),
      team: () => this.team(team),
      project: project === undefined ? null : this.project(project),
      assignee: this.user(issue.assigneeId),
      delegate: this.user(issue.delegateId),
      labels: (given: PageArguments) =>
        this.page(
          issue.labelIds.map((id) => ({ ...found(this.#store.labels, id) })),
          given,
        ),
      inverseRelations: (given: PageArguments) =>
        this.page(
          this.#store.relations
            .filter(({ relatedIssueId }) => relatedIssueId === issue.id)
            .map(({ id, type, issueId }) => ({
              id,
              type,
              issue: () => this.issue(this.#store.issue(issueId)),
            })),
          given,
        ),
      agentSessions: (given: PageArguments) =>
        this.list(
          this.#store.sessions.filter(({ issueId }) => issueId === issue.id),
          given,
          (session) => this.session(session),
        ),
    };
  }

  team(team: StoredTeam): Fields {
    const states = (given: PageArguments): Fields => this.page(team.states.map((state) => ({ ...state })), given);
    return { id: team.id, key: team.key, states };
  }

  project(project: StoredProject): Fields {
    return {
      ...project,
      url: `https://linear.app/example/project/${project.slugId}`,
      teams: (given: PageArguments) => this.page([this.team(found(this.#store.teams, project.teamId))], given),
    };
  }

  label(label: StoredLabel): Fields {
    const team = this.#store.teams.find(({ id }) => id === label.teamId);
    return { id: label.id, name: label.name, team: team === undefined ? null : this.team(team) };
  }

  user(id: string | null): Fields | null {
    const user = this.#store.users.find((candidate) => candidate.id === id);
    return user === undefined ? null : { ...user, isMe: user.id === this.#viewerId };
  }

  comment(comment: StoredComment): Fields {
    const botActor = comment.isBot ? { id: "bot" } : null;
    return { ...comment, issue: { id: comment.issueId }, user: this.user(comment.userId), botActor };
  }

  session(session: StoredSession): Fields {
    const appUser = this.user(session.appUserId);
    if (appUser === null) throw new EntityMissing("User");
    return { ...session, appUser, issue: () => this.issue(this.#store.issue(session.issueId)) };
  }

  activity(activity: StoredActivity): Fields {
    const { content, sessionId } = activity;
    const session = (): Fields => this.session(found(this.#store.sessions, sessionId));
    return { ...activity, agentSessionId: sessionId, type: content.type, agentSession: session };
  }

  #issueForFilter(issue: StoredIssue): Fields {
    const team = found(this.#store.teams, issue.teamId);
    const project = this.#store.projects.find(({ id }) => id === issue.projectId);
    return {
      id: issue.id,
      updatedAt: issue.updatedAt,
      createdAt: issue.createdAt,
      priority: issue.priority,
      state: { ...found(team.states, issue.stateId) },
      team: { id: team.id, key: team.key },
      project: project === undefined ? null : { id: project.id, slugId: project.slugId },
      assignee: this.user(issue.assigneeId),
      delegate: this.user(issue.delegateId),
      labels: issue.labelIds.map((id) => ({ ...found(this.#store.labels, id) })),
    };
  }
}

/** Without the functions: a filter looks at values. */
function plain(item: Fields): Fields {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => typeof value !== "function"));
}
