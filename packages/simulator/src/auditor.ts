import type { CommentOrder, JournalEntry } from "@signalbox/contracts";
import { normalizeState, type DecidedEvent } from "@signalbox/core";
import { decidedIn } from "@signalbox/orchestrator";
import { Ledger } from "./ledger.ts";
import type { Metrics } from "./metrics.ts";
import type { SimulatedRun } from "./simulated-run.ts";
import { StopAudit } from "./stop-audit.ts";
import type { Rule, Violation } from "./violation.ts";
import type { World } from "./world.ts";

const mostViolations = 5;
const traceLength = 60;
const smallSkewMs = 2_000;

/** Holds what becomes durable, and what happens in the world, against the promises. */
export class Auditor {
  readonly violations: Violation[] = [];
  readonly ledger: Ledger = new Ledger((rule, detail) => this.report(rule, detail));
  readonly stops: StopAudit;
  readonly #world: World;
  readonly #metrics: Metrics;
  readonly #tokensOfIssue = new Map<string, number>();
  readonly #deliveredKeys = new Set<string>();
  readonly #commentsSent = new Map<string, { readonly issueId: string; readonly body: string }>();

  constructor(world: World, metrics: Metrics) {
    this.#world = world;
    this.#metrics = metrics;
    this.stops = new StopAudit(world);
  }

  /** The first few are kept: what comes after a broken promise often follows from it. */
  report(rule: Rule, detail: string): void {
    if (this.violations.length >= mostViolations) return;
    const { trace, scheduler } = this.#world;
    const step = trace.count;
    this.violations.push({ rule, detail, step, at: scheduler.now, trace: trace.tail(traceLength) });
  }

  /** `heardInMs`: after how long the daemon hears of it at the latest. */
  onDurable(entries: readonly JournalEntry[], heardInMs: number): void {
    for (const entry of entries) {
      const closed: string[] = [];
      for (const fact of decidedIn(entry)) {
        this.#checkFact(fact);
        if (fact.type === "run-stop-decided") this.stops.onDecided(fact, heardInMs);
        this.ledger.note(fact);
        this.#metrics.note(fact, this.#world.scheduler.now);
        if (fact.type === "run-closed") closed.push(fact.issueId);
      }
      this.ledger.endEntry(closed);
    }
  }

  /** Before it starts: who is there already, and does the journal know of it? */
  onAgentStart(run: SimulatedRun, live: readonly SimulatedRun[]): void {
    const { runId, issueId } = run;
    const other = live.find((candidate) => candidate.issueId === issueId);
    if (other !== undefined)
      this.report("one-live-agent", `${runId} starts on ${issueId} beside ${other.runId}`);
    if (this.#world.runs.runs.has(runId)) this.report("started-twice", `${runId} starts again`);
    const claim = this.ledger.claims.get(issueId);
    if (claim?.phase !== "running" || claim.runId !== runId || !claim.isConfirmed)
      this.report(
        "start-without-intent",
        `${runId} starts, and ${issueId} is ${claim?.phase ?? "free"}`,
      );
    const most = this.#world.config.mostAgents;
    if (live.length >= most) this.report("cap", `${live.length + 1} agents live, ${most} allowed`);
  }

  /** A budget may be exceeded by the turn in which it was used up, and by what lost runs and people added. */
  onTokens(run: SimulatedRun, tokens: number): void {
    const { perRun, perIssue } = this.#world.config.original.budgets;
    const turn = this.#world.agents.tokensPerTurn;
    const total = (this.#tokensOfIssue.get(run.issueId) ?? 0) + tokens;
    this.#tokensOfIssue.set(run.issueId, total);
    if (perRun.tokens !== null && run.tokens > perRun.tokens + turn)
      this.report("budget", `${run.runId} used ${run.tokens} tokens of ${perRun.tokens}`);
    const { budgetParks, losses } = this.ledger;
    const excused = 1 + (budgetParks.get(run.issueId) ?? 0) + (losses.get(run.issueId) ?? 0);
    if (perIssue.tokens !== null && total > perIssue.tokens + turn * excused)
      this.report("budget", `${run.issueId} used ${total} tokens of ${perIssue.tokens}`);
  }

  onEffectPerformed(key: string): void {
    if (!this.ledger.keys.has(key))
      this.report("start-without-intent", `${key} is performed and was not ordered`);
  }

  /** The text that a comment of ours should have from here on. */
  onCommentSent(issueId: string, { key, body }: CommentOrder): void {
    this.#commentsSent.set(key, { issueId, body });
  }

  /** All work is over: what stands in the tracker and is ours is what was said last. */
  #checkLastWords(): void {
    const { tracker } = this.#world;
    for (const [key, { issueId, body }] of this.#commentsSent) {
      const written = tracker.ownComments.get(issueId)?.get(key);
      if (written !== undefined && written.body !== body)
        this.report("last-word", `${key} says "${written.body}", and not "${body}"`);
    }
    for (const [issueId, { key, to }] of this.ledger.transitions) {
      const state = tracker.issues.get(issueId)?.state;
      const isOurs = state !== undefined && tracker.ownStates.has(issueId);
      if (isOurs && normalizeState(state) !== normalizeState(to))
        this.report("last-word", `${issueId} is in "${state}", and ${key} wrote "${to}" last`);
    }
  }

  /** All work is over: an issue that is marked as claimed in the tracker is claimed. */
  onEnd(): void {
    this.#checkLastWords();
    if (this.ledger.policy?.writes !== "full") return;
    for (const issueId of this.#world.tracker.claimed) {
      if (!this.ledger.claims.has(issueId))
        this.report("claim-mark", `${issueId} is marked as claimed and is not`);
    }
  }

  onDelivered(issueId: string, key: string): void {
    if (this.#deliveredKeys.has(key))
      this.report("delivery-once", `${key} of ${issueId} was delivered again`);
    this.#deliveredKeys.add(key);
  }

  #checkFact(fact: DecidedEvent): void {
    if (fact.type === "run-closed") this.#checkEnd(fact);
    if (fact.type === "run-stop-decided" && fact.reason === "stalled") this.#checkStall(fact);
    if (fact.type === "issue-reopened" && this.#world.tracker.ownStates.has(fact.issueId))
      this.report("last-word", `${fact.issueId} counts as reopened, and nobody but us moved it`);
    if (fact.type === "issue-delivered") {
      const claim = this.ledger.claims.get(fact.issueId);
      if (claim?.phase === "delivering" && !this.#deliveredKeys.has(claim.key))
        this.report("delivery-once", `${claim.key} counts as delivered and is not`);
    }
    if (fact.type === "retry-scheduled" && fact.kind === "failure") {
      const claim = this.ledger.claims.get(fact.issueId);
      if (claim?.phase === "closed") this.#checkBackoff(fact.issueId, fact.dueAt - fact.at);
    }
  }

  /** A daemon whose clock is wrong judges by what it was told; only those that know the time are asked for more. */
  #checkStall({ at, runId }: Extract<DecidedEvent, { type: "run-stop-decided" }>): void {
    const { runs, disk } = this.#world;
    const skewMs = Math.abs(disk.holder?.clockSkewMs ?? 0);
    if (skewMs > smallSkewMs) return;
    const limitMs = this.ledger.policy?.stallTimeoutMs ?? 0;
    const heard = runs.runs.get(runId)?.spool.findLast((event) => event.at <= at - smallSkewMs);
    if (heard !== undefined && at - heard.at < limitMs - 2 * smallSkewMs)
      this.report("stall", `${runId} was heard ${at - heard.at} ms before it counts as stalled`);
  }

  #checkEnd(fact: Extract<DecidedEvent, { type: "run-closed" }>): void {
    this.stops.onClosed(fact.runId);
    const run = this.#world.runs.runs.get(fact.runId);
    const { outcome, runId, issueId } = fact;
    if (run?.isLive === true)
      this.report("agent-outlives-run", `${runId} of ${issueId} has ended and lives`);
    if (outcome.kind !== "lost") {
      if (run?.outcome !== null) run?.forget();
      return;
    }
    this.ledger.losses.set(issueId, (this.ledger.losses.get(issueId) ?? 0) + 1);
    const left = run?.outcome ?? null;
    if (left !== null && left.kind !== "lost")
      this.report("outcome-lost", `${runId} left "${left.kind}" and counts as lost`);
  }

  /** 10 s · 2^(n - 1), at most what the workflow file says. */
  #checkBackoff(issueId: string, delayMs: number): void {
    const failures = this.ledger.failures.get(issueId) ?? 1;
    const most = this.#world.config.original.agent.maxRetryBackoffMs;
    const least = Math.min(10_000 * 2 ** Math.max(0, failures - 1), most);
    if (delayMs < least)
      this.report("backoff", `${issueId} is tried again after ${delayMs} ms, not ${least} ms`);
  }
}
