import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Keeper } from "./keeper.ts";
import type { AgentLife } from "./ledger.ts";
import { namesIn } from "./observer.ts";
import type { Scene } from "./scene.ts";
import { signalbox } from "./signalbox.ts";
import type { Violations } from "./violations.ts";

/** What the journal says has happened. */
export interface JournalFigures {
  entries: number;
  epochs: number;
  runs: number;
  delivered: number;
  readonly outcomes: Map<string, number>;
  /** Runs that went on under another daemon than the one that began them. */
  adopted: number;
  /** Runs that went on with the session of a lost one. */
  resumed: number;
  /** How often a delivered issue was opened again: only where a person touched it. */
  readonly reopened: Map<string, number>;
}

interface Fact {
  readonly type: string;
  readonly issueId?: string;
  readonly runId?: string;
  readonly retryKind?: string | null;
  readonly resumeSessionId?: string | null;
  readonly outcome?: { readonly kind: string };
}

interface Entry {
  readonly seq: number;
  readonly epoch: number;
  readonly at: number;
  readonly data: {
    readonly input: Fact & { readonly key?: string };
    readonly decided: readonly Fact[];
  };
}

/** The journal is whole, replays to what it says, and every decision was made once. */
export async function auditJournal(
  scene: Scene,
  keeper: Keeper,
  lives: readonly AgentLife[],
  held: ReadonlySet<string>,
  violations: Violations,
): Promise<JournalFigures> {
  const verified = await signalbox(scene, "journal", "verify");
  if (verified.code !== 0) violations.add("journal verify", verified.out + verified.err);
  const replayed = await signalbox(scene, "replay", "--verify");
  if (replayed.code !== 0) violations.add("replay --verify", replayed.out + replayed.err);
  const exported = await signalbox(scene, "journal", "export");
  if (exported.code !== 0) violations.add("journal export", exported.err);
  const reading = new JournalReading(violations, held);
  for (const line of exported.out.split("\n")) if (line !== "") reading.take(entryOf(line));
  reading.end();
  reading.checkRuns(lives, scene.runPrefix);
  reading.checkOutcomes(scene.runs);
  for (const run of keeper.toldRuns) {
    if (!reading.runs.has(run)) violations.add("an acknowledged run is not in the journal", run);
  }
  return reading.figures;
}

function entryOf(line: string): Entry {
  // The journal's own format: `verify` has just looked at every part of it.
  const entry: Entry = JSON.parse(line);
  return entry;
}

class JournalReading {
  readonly #violations: Violations;
  readonly #held: ReadonlySet<string>;
  readonly #claims = new Map<string, string>();
  /** Run → kind of its outcome. */
  readonly #endedRuns = new Map<string, string>();
  readonly #deliveredAt = new Map<string, number>();
  readonly #confirmed = new Set<string>();
  readonly #claimEpochs = new Map<string, number>();
  readonly #identifiers = new Map<string, string>();
  readonly #openOrders = new Set<string>();
  readonly #adopted = new Set<string>();
  readonly #stopped = new Set<string>();
  #seq = 0;
  #epoch = 0;
  readonly runs = new Set<string>();
  readonly figures: JournalFigures = {
    entries: 0,
    epochs: 0,
    runs: 0,
    delivered: 0,
    outcomes: new Map(),
    adopted: 0,
    resumed: 0,
    reopened: new Map(),
  };

  constructor(violations: Violations, held: ReadonlySet<string>) {
    this.#violations = violations;
    this.#held = held;
  }

  take({ seq, epoch, at, data }: Entry): void {
    this.figures.entries += 1;
    if (seq !== this.#seq + 1) this.#violations.add("a gap in the journal", `${this.#seq}, ${seq}`);
    if (epoch < this.#epoch) this.#violations.add("an older epoch wrote", `entry ${seq}`);
    if (epoch !== this.#epoch) this.figures.epochs += 1;
    this.#seq = seq;
    this.#epoch = epoch;
    for (const fact of data.decided) this.#fact(fact, seq, epoch, at);
  }

  end(): void {
    this.figures.adopted = this.#adopted.size;
    for (const [issue, run] of this.#claims) {
      this.#violations.add("a stale claim", `${this.#name(issue)} by ${run}`);
    }
    for (const order of this.#openOrders) this.#violations.add("an order is still open", order);
  }

  /** No agent of a run that the journal does not know, none after its issue was delivered. */
  checkRuns(lives: readonly AgentLife[], prefix: string): void {
    for (const { run, issue, startedWall } of lives) {
      const id = run.slice(prefix.length);
      if (!run.startsWith(prefix) || !this.runs.has(id)) {
        this.#violations.add("an agent without a run in the journal", `${issue}: ${run}`);
      }
      const delivered = this.#deliveredAt.get(issue);
      if (delivered !== undefined && startedWall > delivered) {
        this.#violations.add("an agent began after its issue was delivered", `${issue}: ${run}`);
      }
    }
  }

  /**
   * How a run ended by its own account is how it ended in the journal. What else a run died of after its stop was
   * decided does not count: the reason of the stop goes before it.
   */
  checkOutcomes(runs: string): void {
    for (const run of namesIn(runs)) {
      const own = outcomeIn(join(runs, run, "spool"));
      const kept = this.#endedRuns.get(run) ?? null;
      const isStopped = this.#stopped.has(run) && own !== "succeeded" && kept === "canceled";
      if (own !== null && own !== kept && !isStopped) {
        this.#violations.add("an outcome was lost", `${run} was ${own}, and is taken for ${kept}`);
      }
    }
  }

  #fact(fact: Fact, seq: number, epoch: number, at: number): void {
    const { issueId = "", runId = "" } = fact;
    switch (fact.type) {
      case "issue-changed":
        this.#nameIssue(fact);
        return;
      case "run-claimed":
        this.#claimed(fact, seq, epoch);
        return;
      case "run-phase-entered":
      case "workspace-recorded":
      case "session-recorded":
      case "run-progress-recorded":
        this.#isGoneOn(runId, epoch);
        return;
      case "run-stop-decided":
        this.#stopped.add(runId);
        return;
      case "run-closed":
        this.#isGoneOn(runId, epoch);
        this.#closed(fact, seq);
        return;
      case "issue-delivered":
        if (this.#deliveredAt.has(this.#name(issueId))) {
          this.#violations.add("delivered twice", `${this.#name(issueId)}, entry ${seq}`);
        }
        this.#deliveredAt.set(this.#name(issueId), at);
        this.figures.delivered += 1;
        return;
      case "issue-reopened":
        this.#reopened(this.#name(issueId), seq);
        return;
      case "run-confirmed":
        this.#confirmed.add(runId);
        return;
      case "retry-scheduled":
        this.#givenBack(issueId);
        return;
      case "claim-released":
        this.#claims.delete(issueId);
        return;
      case "order-placed":
      case "order-resumed":
        this.#openOrders.add(keyOf(fact));
        return;
      // Where a request was lost it is written once more, minutes later.
      case "order-written":
      case "order-closed":
        this.#openOrders.delete(keyOf(fact));
        return;
    }
  }

  #claimed({ issueId = "", runId = "", ...fact }: Fact, seq: number, epoch: number): void {
    const known = this.#claims.get(issueId);
    if (known !== undefined && !this.#endedRuns.has(known)) {
      this.#violations.add(
        "claimed while another run was on",
        `${this.#name(issueId)}: ${known}, then ${runId}, entry ${seq}`,
      );
    }
    if (this.#deliveredAt.has(this.#name(issueId))) {
      this.#violations.add("a finished issue was claimed", `${this.#name(issueId)}: ${runId}`);
    }
    if (this.runs.has(runId)) this.#violations.add("a run id was used twice", runId);
    if (fact.retryKind === "lost") this.figures.resumed += 1;
    this.runs.add(runId);
    this.#claims.set(issueId, runId);
    this.#claimEpochs.set(runId, epoch);
    this.figures.runs += 1;
  }

  /** A daemon that was told to end while it looked at the issue once more has begun nothing. */
  #givenBack(issueId: string): void {
    const run = this.#claims.get(issueId);
    if (run !== undefined && !this.#confirmed.has(run)) this.#claims.delete(issueId);
  }

  #reopened(issue: string, seq: number): void {
    if (!this.#held.has(issue)) {
      this.#violations.add("opened again, and nobody touched it", `${issue}, entry ${seq}`);
    }
    this.#deliveredAt.delete(issue);
    this.figures.reopened.set(issue, (this.figures.reopened.get(issue) ?? 0) + 1);
  }

  #closed({ runId = "", outcome }: Fact, seq: number): void {
    if (this.#endedRuns.has(runId)) {
      this.#violations.add("an outcome was applied twice", `${runId}, entry ${seq}`);
    }
    const kind = outcome?.kind ?? "?";
    this.#endedRuns.set(runId, kind);
    this.figures.outcomes.set(kind, (this.figures.outcomes.get(kind) ?? 0) + 1);
  }

  #isGoneOn(runId: string, epoch: number): void {
    if ((this.#claimEpochs.get(runId) ?? epoch) < epoch) this.#adopted.add(runId);
  }

  #nameIssue(fact: Fact): void {
    const issue = "issue" in fact ? fact.issue : null;
    if (typeof issue !== "object" || issue === null) return;
    if ("id" in issue && "identifier" in issue) {
      this.#identifiers.set(String(issue.id), String(issue.identifier));
    }
  }

  #name(issueId: string): string {
    return this.#identifiers.get(issueId) ?? issueId;
  }
}

/** The kind of the outcome that stands in a spool; `null` where there is none. */
function outcomeIn(spool: string): string | null {
  if (!existsSync(spool)) return null;
  const text = readFileSync(spool, "utf8");
  return /"type":"ended".*?"outcome":\{"kind":"([a-z-]+)"/.exec(text)?.[1] ?? null;
}

function keyOf(fact: Fact): string {
  const order = "order" in fact ? fact.order : fact;
  return typeof order === "object" && order !== null && "key" in order ? String(order.key) : "?";
}
