import { randomUUID } from "node:crypto";

export interface StoredUser {
  id: string;
  displayName: string;
  email: string;
  app: boolean;
}
export interface StoredState {
  id: string;
  name: string;
  type: string;
  position: number;
}
export interface StoredTeam {
  id: string;
  key: string;
  states: StoredState[];
}
export interface StoredProject {
  id: string;
  name: string;
  slugId: string;
  teamId: string;
}
export interface StoredLabel {
  id: string;
  name: string;
  teamId: string | null;
}
export interface StoredIssue {
  id: string;
  number: number;
  title: string;
  description: string | null;
  priority: number;
  stateId: string;
  teamId: string;
  projectId: string | null;
  assigneeId: string | null;
  delegateId: string | null;
  labelIds: string[];
  createdAt: string;
  updatedAt: string;
  archivedAt: string | null;
  trashed: boolean;
}
export interface StoredRelation {
  id: string;
  type: string;
  issueId: string;
  relatedIssueId: string;
}
export interface StoredComment {
  id: string;
  issueId: string;
  body: string;
  userId: string | null;
  isBot: boolean;
  createdAt: string;
  updatedAt: string;
  editedAt: string | null;
}
export interface StoredSession {
  id: string;
  issueId: string;
  appUserId: string;
  status: string;
  plan: unknown;
  externalUrls: { url: string; label: string }[];
  createdAt: string;
  updatedAt: string;
}
export interface StoredActivity {
  id: string;
  sessionId: string;
  userId: string;
  content: { type: string; body: string };
  ephemeral: boolean;
  signal: string | null;
  createdAt: string;
}

/** A workspace of Linear in memory: one organization, and what a test puts there. */
export class LinearStore {
  readonly users: StoredUser[] = [];
  readonly teams: StoredTeam[] = [];
  readonly projects: StoredProject[] = [];
  readonly labels: StoredLabel[] = [];
  readonly issues = new Map<string, StoredIssue>();
  readonly relations: StoredRelation[] = [];
  readonly comments = new Map<string, StoredComment>();
  readonly attachments: { issueId: string; url: string; title: string }[] = [];
  readonly sessions: StoredSession[] = [];
  readonly activities: StoredActivity[] = [];
  /** Takes updates of issues, and changes nothing: as trackers with rules do. */
  ignoresUpdates = false;
  /** How far Linear's clock is ahead of ours, milliseconds. */
  skewMs = 0;
  #last = 0;
  #number = 0;

  /** Strictly increasing, so that two writes never bear one date. */
  now(): string {
    this.#last = Math.max(Date.now() + this.skewMs, this.#last + 1);
    return new Date(this.#last).toISOString();
  }

  addUser(displayName: string, app = false): StoredUser {
    const email = `${displayName.toLowerCase()}@example.invalid`;
    return added(this.users, { id: randomUUID(), displayName, email, app });
  }

  addTeam(key: string, states: readonly (readonly [name: string, type: string])[]): StoredTeam {
    return added(this.teams, {
      id: randomUUID(),
      key,
      states: states.map(([name, type], position) => ({ id: randomUUID(), name, type, position })),
    });
  }

  addProject(name: string, slugId: string, team: StoredTeam): StoredProject {
    return added(this.projects, { id: randomUUID(), name, slugId, teamId: team.id });
  }

  addLabel(name: string, team: StoredTeam | null = null): StoredLabel {
    return added(this.labels, { id: randomUUID(), name, teamId: team?.id ?? null });
  }

  addIssue(team: StoredTeam, state: string, fields: Partial<StoredIssue> = {}): StoredIssue {
    const at = this.now();
    this.#number += 1;
    const issue: StoredIssue = {
      id: randomUUID(),
      number: this.#number,
      title: `Issue ${this.#number}`,
      description: null,
      priority: 0,
      stateId: stateOf(team, state).id,
      teamId: team.id,
      projectId: null,
      assigneeId: null,
      delegateId: null,
      labelIds: [],
      createdAt: at,
      updatedAt: at,
      archivedAt: null,
      trashed: false,
      ...fields,
    };
    this.issues.set(issue.id, issue);
    return issue;
  }

  changeIssue(id: string, fields: Partial<StoredIssue>): void {
    const issue = this.issue(id);
    this.issues.set(id, { ...issue, ...fields, updatedAt: this.now() });
  }

  move(id: string, state: string): void {
    const team = found(this.teams, this.issue(id).teamId);
    this.changeIssue(id, { stateId: stateOf(team, state).id });
  }

  block(blocker: StoredIssue, blocked: StoredIssue, type = "blocks"): void {
    const relation = { type, issueId: blocker.id, relatedIssueId: blocked.id };
    this.relations.push({ id: randomUUID(), ...relation });
  }

  addComment(issueId: string, user: StoredUser | null, body: string, id: string = randomUUID()): StoredComment {
    const at = this.now();
    const comment = { id, issueId, body, userId: user?.id ?? null, isBot: user === null };
    this.comments.set(id, { ...comment, createdAt: at, updatedAt: at, editedAt: null });
    return this.comment(id);
  }

  addSession(issueId: string, appUserId: string): StoredSession {
    const at = this.now();
    const session = { id: randomUUID(), issueId, appUserId, status: "pending", plan: null };
    return added(this.sessions, { ...session, externalUrls: [], createdAt: at, updatedAt: at });
  }

  addActivity(activity: Omit<StoredActivity, "createdAt">): StoredActivity {
    const session = found(this.sessions, activity.sessionId);
    session.status = statusAfter[activity.content.type] ?? session.status;
    return added(this.activities, { ...activity, createdAt: this.now() });
  }

  issue(id: string): StoredIssue {
    const issue = this.issues.get(id);
    if (issue === undefined) throw new EntityMissing("Issue");
    return issue;
  }

  comment(id: string): StoredComment {
    const comment = this.comments.get(id);
    if (comment === undefined) throw new EntityMissing("Comment");
    return comment;
  }
}

/** The session's state follows from its last activity. */
const statusAfter: Readonly<Record<string, string>> = {
  thought: "active",
  action: "active",
  elicitation: "awaitingInput",
  response: "complete",
  error: "error",
  prompt: "active",
};

/** Input that the API declines. */
export class InvalidInput extends Error {}

export class EntityMissing extends InvalidInput {
  constructor(kind: string) {
    super(`Entity not found: ${kind} - Could not find referenced ${kind}.`);
  }
}

export function found<Item extends { id: string }>(items: readonly Item[], id: string): Item {
  const item = items.find((candidate) => candidate.id === id);
  if (item === undefined) throw new EntityMissing("Record");
  return item;
}

function stateOf(team: StoredTeam, name: string): StoredState {
  const state = team.states.find((candidate) => candidate.name === name);
  if (state === undefined) throw new Error(`the team ${team.key} has no state ${name}`);
  return state;
}

function added<Item>(items: Item[], item: Item): Item {
  items.push(item);
  return item;
}
