import type { Issue } from "@signalbox/contracts";
import { normalizeState } from "@signalbox/core";
import type { Orchestrator } from "@signalbox/orchestrator";
import type { Daemon, Daemons } from "./daemons.ts";
import type { LedgerClaim } from "./ledger.ts";
import type { Metrics } from "./metrics.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** The people around the tracker: they write issues, change them, answer questions, give orders. */
export class People {
  readonly #world: World;
  readonly #random: Random;
  readonly #metrics: Metrics;
  readonly #answered = new Map<string, LedgerClaim>();

  constructor(world: World, random: Random, metrics: Metrics) {
    this.#world = world;
    this.#random = random;
    this.#metrics = metrics;
  }

  /** Writes so many issues, spread over so much time at random. */
  writeIssues(count: number, overMs: number): void {
    for (let number = 1; number <= count; number += 1) {
      const delayMs = this.#random.below(overMs + 1);
      this.#world.scheduler.schedule(delayMs, "issue written", `i${number}`, () =>
        this.#write(number),
      );
    }
  }

  edit(): void {
    const issue = this.#anyIssue();
    if (issue === null) return;
    const { tracker, config, faults } = this.#world;
    const change = (more: Partial<Issue>): void => tracker.patch(issue.id, more);
    switch (faults.pick(edits)) {
      case "issue edited":
        return change({
          title: `${issue.title}.`,
          description: `edited ${this.#random.below(1_000)}`,
        });
      case "priority changed":
        return change({ priority: this.#random.between(1, 5) });
      case "issue closed":
        return change({ state: config.terminalState, stateKind: null });
      case "issue put off":
        return change({ state: "someday", stateKind: null });
      case "issue reopened":
        return change({ state: config.initialState, stateKind: null });
      case "labels changed":
        return change({
          labels: issue.labels.length > 0 ? [] : config.original.tracker.requiredLabels,
        });
      case "issue deleted":
        return tracker.remove(issue.id);
      case "issue blocked": {
        const blocker = this.#anyIssue();
        if (blocker === null || blocker.id === issue.id) return;
        const { id, identifier, state } = blocker;
        return change({ blockedBy: [{ id, identifier, state, stateKind: null }] });
      }
      case "issue unblocked":
        return change({ blockedBy: [] });
    }
  }

  order(daemons: Daemons): void {
    const daemon = daemons.current;
    const issue = this.#anyIssue();
    if (daemon === null || issue === null) return;
    this.#give(this.#world.faults.pick(operatorOrders), issue.id, daemon);
  }

  /** Somebody sees what has just begun, and does not want it. */
  stop(daemons: Daemons, issueId: string, inMs: number): void {
    const { scheduler, faults } = this.#world;
    scheduler.schedule(inMs, "run unwanted", issueId, () => {
      const daemon = daemons.current;
      if (daemon === null) return;
      faults.count("issue stopped as its run starts");
      this.#give("issue stopped by an operator", issueId, daemon);
    });
  }

  /** Somebody answers parked issues; `all`: every one that has no answer yet. */
  answer(all: boolean): void {
    const { auditor, tracker, scheduler } = this.#world;
    for (const [issueId, claim] of auditor.ledger.claims) {
      const asks = claim.phase === "parked" && claim.kind === "needs-input";
      if (!asks || this.#answered.get(issueId) === claim) continue;
      if (!all && !this.#random.chance(0.2)) continue;
      this.#answered.set(issueId, claim);
      tracker.comment(issueId, scheduler.now, "The first one.");
    }
  }

  /** Issues that got an answer after they had asked, and still wait for one. */
  unheard(): readonly string[] {
    const { auditor, tracker } = this.#world;
    return [...this.#answered].flatMap(([issueId, claim]) => {
      const isWaiting = auditor.ledger.claims.get(issueId) === claim && claim.phase === "parked";
      if (!isWaiting || !tracker.issues.has(issueId)) return [];
      const question = tracker.ownComments.get(issueId)?.get(`parked-${issueId}`);
      const asked = question?.writtenAt ?? new Date(claim.at).toISOString();
      return tracker.commentsAfter(issueId, asked).length > 0 ? [issueId] : [];
    });
  }

  #give(what: OperatorOrder, issueId: string, daemon: Daemon): void {
    const { scheduler, faults } = this.#world;
    scheduler.schedule(1, what, issueId, () =>
      daemon.life.enter(() => {
        // A daemon that ends refuses the order, and nobody gives it again.
        give(what, issueId, daemon.orchestrator).catch(() => faults.count("order refused"));
      }),
    );
  }

  #write(number: number): void {
    const { tracker, config, scheduler } = this.#world;
    const states = config.activeStates;
    const initial = config.initialState;
    const isElsewhere = states.length > 1 && this.#random.chance(0.1);
    const running = normalizeState(states.at(-1) ?? initial);
    tracker.put({
      id: `i${number}`,
      identifier: `SIM-${number}`,
      title: `Issue ${number}`,
      description: null,
      state: isElsewhere ? running : initial,
      stateKind: null,
      priority: this.#random.below(5),
      labels: config.original.tracker.requiredLabels,
      blockedBy: [],
      assignee: null,
      branchName: null,
      url: null,
      createdAt: new Date(scheduler.now).toISOString(),
      updatedAt: null,
      notDispatchable: null,
      nativeRef: {},
    });
    this.#metrics.onWritten(`i${number}`, scheduler.now);
  }

  #anyIssue(): Issue | null {
    const { issues } = this.#world.tracker;
    if (issues.size === 0) return null;
    let left = this.#random.below(issues.size);
    for (const issue of issues.values()) {
      if (left === 0) return issue;
      left -= 1;
    }
    return null;
  }
}

const edits = [
  "issue edited",
  "priority changed",
  "issue closed",
  "issue put off",
  "issue reopened",
  "labels changed",
  "issue deleted",
  "issue blocked",
  "issue unblocked",
] as const;

const operatorOrders = [
  "issue stopped by an operator",
  "issue retried by an operator",
  "issue released by an operator",
] as const;

type OperatorOrder = (typeof operatorOrders)[number];

function give(what: OperatorOrder, issueId: string, orchestrator: Orchestrator): Promise<unknown> {
  switch (what) {
    case "issue stopped by an operator":
      return orchestrator.stopIssue(issueId, "an operator");
    case "issue retried by an operator":
      return orchestrator.retryIssue(issueId, "an operator");
    case "issue released by an operator":
      return orchestrator.releaseIssue(issueId, "an operator");
  }
}
