export interface FakeIssue {
  iid: number;
  title: string;
  description: string | null;
  state: "opened" | "closed";
  labels: string[];
  /** User names. */
  assignees: string[];
  author: string;
  createdAt: string;
  updatedAt: string;
  weight: number | null;
  /** Numbers of issues that this one waits for. */
  blockedBy: number[];
  /** Numbers of issues that it is related to and nothing more. */
  relatesTo: number[];
  duplicateOf: number | null;
  movedTo: number | null;
  /** It is one of another project, `tide/charts`. */
  isElsewhere: boolean;
  /** Parts of the record as it is told, whatever they should be. */
  overrides: Readonly<Record<string, unknown>>;
}

export interface FakeNote {
  id: number;
  issue: number;
  author: string;
  body: string;
  system: boolean;
  createdAt: string;
  updatedAt: string;
}

/** GitLab's own rule of how often `touch` may move `updated_at`. */
const touchEveryMs = 60_000;

/** What the fake knows: one project, `Tide/tables`, and what of another one blocks its issues. */
export class FakeProject {
  readonly id = 7;
  readonly path = "Tide/tables";
  readonly viewer = "signal-worker";
  origin = "";
  issues = new Map<number, FakeIssue>();
  notes: FakeNote[] = [];
  labels: string[] = ["status::todo", "status::in-progress", "status::needs-human", "bug"];
  /** Ids by user name. */
  readonly users = new Map<string, number>();
  /** Access levels by user name. */
  members = new Map<string, number>([
    ["harbour", 30],
    ["signal-worker", 20],
  ]);
  bots = new Set<string>();
  /** Blocking links, weights, several assignees, labels with `::` that exclude each other. */
  isPremium = false;
  /** The token's account may set labels, assign, and close issues. */
  mayTriage = true;
  issuesEnabled = true;
  /** Added to the real time, in milliseconds. */
  skewMs = 0;
  #last = 0;
  #ids = 1_000;

  /** Later than every one before it. */
  now(): string {
    this.#last = Math.max(this.#last + 1, Date.now() + this.skewMs);
    return new Date(this.#last).toISOString();
  }

  nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  idOf(username: string): number {
    const known = this.users.get(username) ?? this.users.size + 1;
    this.users.set(username, known);
    return known;
  }

  add(issue: Partial<FakeIssue> & { iid: number }): FakeIssue {
    const at = this.now();
    const whole: FakeIssue = {
      title: `Issue ${issue.iid}`,
      description: "Heights at a station.",
      state: "opened",
      labels: ["status::todo"],
      assignees: [],
      author: "harbour",
      createdAt: at,
      updatedAt: at,
      weight: null,
      blockedBy: [],
      relatesTo: [],
      duplicateOf: null,
      movedTo: null,
      isElsewhere: false,
      overrides: {},
      ...issue,
    };
    this.idOf(whole.author);
    this.issues.set(whole.iid, whole);
    return whole;
  }

  get(iid: number): FakeIssue {
    const issue = this.issues.get(iid);
    if (issue === undefined) throw new Error(`no issue ${iid}`);
    return issue;
  }

  /** As somebody else would. What is a row of its own in the database only touches the issue: labels, links, notes. */
  change(iid: number, parts: Partial<FakeIssue>): void {
    const issue = this.get(iid);
    const isTouch = Object.keys(parts).every((name) =>
      ["labels", "blockedBy", "relatesTo", "assignees"].includes(name),
    );
    const at = this.now();
    const isMoved = !isTouch || Date.parse(at) - Date.parse(issue.updatedAt) > touchEveryMs;
    Object.assign(issue, parts, isMoved ? { updatedAt: at } : {});
  }

  note(iid: number, body: string, parts: Partial<FakeNote> = {}): FakeNote {
    const at = this.now();
    const note: FakeNote = {
      id: this.nextId(),
      issue: iid,
      author: "harbour",
      body,
      system: false,
      createdAt: at,
      updatedAt: at,
      ...parts,
    };
    this.idOf(note.author);
    this.notes.push(note);
    this.change(iid, {});
    return note;
  }
}
