export type FakeFlavour = "cloud" | "data-center";

export interface FakeAccount {
  /** Account id of Cloud, key of Data Center. */
  readonly id: string;
  /** User name of Data Center. */
  readonly name: string;
  displayName: string;
  /** Of Cloud. */
  type: "atlassian" | "app" | "customer";
  active: boolean;
  /** Has the permission Assignable user in the project. */
  isAssignable: boolean;
}

export interface FakeStatus {
  readonly id: string;
  readonly name: string;
  readonly category: "new" | "indeterminate" | "done";
}

export interface FakeTransition {
  readonly id: string;
  readonly name: string;
  /** Name of a status. */
  readonly to: string;
  /** Names of the statuses that it leads from; none: from all. */
  readonly from?: readonly string[];
  /** Fields of its screen, as Jira tells them. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface FakeIssue {
  readonly id: string;
  /** Of the key, behind the project's. */
  number: number;
  project: "TIDE" | "CHARTS";
  summary: string;
  /** A document on Cloud, a text on Data Center. */
  description: unknown;
  status: string;
  priority: string | null;
  labels: string[];
  /** Ids of issues by what this one `is`: of the type Blocks, or of Relates. */
  blockedBy: string[];
  relatesTo: string[];
  /** Names of accounts. */
  assignee: string | null;
  creator: string | null;
  /** Key of an epic, or of another parent. */
  parent: string | null;
  createdMs: number;
  updatedMs: number;
  /** Fields of the record as it is told, whatever they should be. */
  overrides: Readonly<Record<string, unknown>>;
}

export interface FakeComment {
  readonly id: string;
  readonly issue: string;
  author: string;
  body: unknown;
  properties: readonly { readonly key: string; readonly value: unknown }[];
  createdMs: number;
  updatedMs: number;
}

export interface FakeLink {
  readonly issue: string;
  readonly globalId: string;
  object: { readonly url: string; readonly title: string };
}

/** What the fake knows: the project `TIDE`, and what of another one blocks its issues. */
export class FakeWorld {
  readonly flavour: FakeFlavour;
  origin = "";
  readonly projectIds = { TIDE: "10000", CHARTS: "10001" };
  issues = new Map<string, FakeIssue>();
  comments: FakeComment[] = [];
  links: FakeLink[] = [];
  readonly accounts = new Map<string, FakeAccount>();
  readonly viewer = "signal-worker";
  statuses: FakeStatus[] = [
    { id: "10000", name: "To Do", category: "new" },
    { id: "3", name: "In Progress", category: "indeterminate" },
    { id: "10001", name: "In Review", category: "indeterminate" },
    { id: "10002", name: "Done", category: "done" },
    { id: "10003", name: "Won't Do", category: "done" },
  ];
  /** `null`: from each status to each other one. */
  transitions: FakeTransition[] | null = null;
  /** Transitions are answered well, and made. */
  makesTransitions = true;
  /** It is a service project. */
  hasCustomers = false;
  /** The token's account may see the project. */
  isVisible = true;
  /** Added to the real time, in milliseconds. */
  skewMs = 0;
  /** What searches of Cloud still see; `null`: they see what is. */
  index: ReadonlyMap<string, FakeIssue> | null = null;
  #last = 0;
  #ids = 20_000;

  constructor(flavour: FakeFlavour) {
    this.flavour = flavour;
    this.account("harbour");
    this.account("signal-worker");
  }

  /** Later than every one before it. */
  now(): number {
    this.#last = Math.max(this.#last + 1, Date.now() + this.skewMs);
    return this.#last;
  }

  nextId(): string {
    this.#ids += 1;
    return String(this.#ids);
  }

  account(name: string, parts: Partial<FakeAccount> = {}): FakeAccount {
    const id = this.flavour === "cloud" ? `5b10-${name}` : `JIRAUSER-${name}`;
    const known = this.accounts.get(name) ?? {
      id,
      name,
      displayName: `The ${name}`,
      type: "atlassian" as const,
      active: true,
      isAssignable: true,
    };
    const whole = { ...known, ...parts };
    this.accounts.set(name, whole);
    return whole;
  }

  /** A text as a field of this Jira holds it. */
  text(written: string): unknown {
    if (this.flavour === "data-center") return written;
    const content = [{ type: "paragraph", content: [{ type: "text", text: written }] }];
    return { version: 1, type: "doc", content };
  }

  add(parts: Partial<FakeIssue> = {}): FakeIssue {
    const at = this.now();
    const number = this.issues.size + 1;
    const issue: FakeIssue = {
      id: this.nextId(),
      number,
      project: "TIDE",
      summary: `Issue ${number}`,
      description: this.text("Heights at a station."),
      status: "To Do",
      priority: "Medium",
      labels: [],
      blockedBy: [],
      relatesTo: [],
      assignee: null,
      creator: "harbour",
      parent: null,
      createdMs: at,
      updatedMs: at,
      overrides: {},
      ...parts,
    };
    if (issue.creator !== null) this.account(issue.creator);
    this.issues.set(issue.id, issue);
    return issue;
  }

  get(id: string): FakeIssue {
    const issue = this.issues.get(id);
    if (issue === undefined) throw new Error(`no issue ${id}`);
    return issue;
  }

  /** As somebody else would. */
  change(id: string, parts: Partial<FakeIssue>): void {
    this.issues.set(id, { ...this.get(id), ...parts, updatedMs: this.now() });
  }

  /** From now on searches see what is now, until it is set to `null`. */
  freezeIndex(): void {
    this.index = new Map(this.issues);
  }

  comment(issue: string, body: string, parts: Partial<FakeComment> = {}): FakeComment {
    return this.write({ issue, body: this.text(body), author: "harbour", properties: [], ...parts });
  }

  write(parts: Pick<FakeComment, "issue" | "body" | "author" | "properties">): FakeComment {
    const at = this.now();
    const comment = { createdMs: at, updatedMs: at, ...parts, id: this.nextId() };
    this.account(comment.author);
    this.comments.push(comment);
    this.change(comment.issue, {});
    return comment;
  }
}
