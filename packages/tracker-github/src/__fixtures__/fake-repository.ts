export interface FakeIssue {
  number: number;
  title: string;
  body: string | null;
  state: "open" | "closed";
  stateReason: string | null;
  labels: string[];
  assignees: string[];
  author: string;
  association: string;
  createdAt: string;
  updatedAt: string;
  blockedBy: number[];
  subIssues: number[];
  isPullRequest: boolean;
  /** Parts of the record as it is told, whatever they should be. */
  overrides: Readonly<Record<string, unknown>>;
}

export interface FakeComment {
  id: number;
  issue: number;
  author: string;
  type: "User" | "Bot";
  association: string;
  body: string;
  createdAt: string;
  updatedAt: string;
}

/** What the fake knows: one repository, `tide/tables`, and one project of its owner. */
export class FakeRepository {
  readonly owner = "tide";
  readonly name = "tables";
  readonly viewer = "signal-worker";
  origin = "";
  issues = new Map<number, FakeIssue>();
  comments: FakeComment[] = [];
  labels: string[] = ["status:todo", "status:in-progress", "status:needs-human", "bug"];
  /** Who may be assigned. */
  collaborators: string[] = ["signal-worker", "harbour"];
  /** The token's account may set labels and close issues. */
  mayTriage = true;
  /** The token belongs to an app. */
  isApp = false;
  /** What an app writes as. */
  readonly botName = "signal[bot]";
  hasGraphql = true;
  projectOptions = ["Todo", "In Progress", "Done"];
  /** Status of each issue that is in the project; `null`: none. */
  projectStatus = new Map<number, string | null>();
  #seconds = Date.parse("2026-01-05T08:00:00Z") / 1_000;
  #ids = 1_000;

  /** Each call is a second later. */
  now(): string {
    this.#seconds += 1;
    return new Date(this.#seconds * 1_000).toISOString().replace(".000", "");
  }

  nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  add(issue: Partial<FakeIssue> & { number: number }): FakeIssue {
    const at = this.now();
    const whole: FakeIssue = {
      title: `Issue ${issue.number}`,
      body: "Heights at a station.",
      state: "open",
      stateReason: null,
      labels: ["status:todo"],
      assignees: [],
      author: "harbour",
      association: "MEMBER",
      createdAt: at,
      updatedAt: at,
      blockedBy: [],
      subIssues: [],
      isPullRequest: false,
      overrides: {},
      ...issue,
    };
    this.issues.set(whole.number, whole);
    return whole;
  }

  /** As somebody else would: with a new date. */
  change(number: number, parts: Partial<FakeIssue>): void {
    const issue = this.issues.get(number);
    if (issue === undefined) throw new Error(`no issue ${number}`);
    Object.assign(issue, parts, { updatedAt: this.now() });
  }

  comment(number: number, body: string, parts: Partial<FakeComment> = {}): FakeComment {
    const at = this.now();
    const comment: FakeComment = {
      id: this.nextId(),
      issue: number,
      author: "harbour",
      type: "User",
      association: "MEMBER",
      body,
      createdAt: at,
      updatedAt: at,
      ...parts,
    };
    this.comments.push(comment);
    this.change(number, {});
    return comment;
  }
}
