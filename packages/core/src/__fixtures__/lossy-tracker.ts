import type { EventOf } from "../event.ts";
import type { Policy, TransitionIssueEffect } from "../index.ts";
import { type Input, Line, fingerprint, issue, succeeded } from "./line.ts";

const longestLateMs = 300_000;
const unanswered = { kind: "failed", message: "503", retryAfterMs: null } as const;
const peoplesStates = ["todo", "doing", "needs-human", "backlog", "done"];

/** What can happen next; its number says how long, or to where. */
export const lossyMoves = [
  ...(["answer", "loseAnswer", "loseRequest", "land", "move", "work", "ask"] as const),
  ...(["wait", "sleep", "pause"] as const),
] as const;

/** One issue in a tracker whose answers get lost and whose requests come late, and what must not become of it. */
export class LossyTracker {
  readonly problems: string[] = [];
  readonly #line: Line;
  readonly #sent: TransitionIssueEffect[] = [];
  readonly #late: { readonly to: string; readonly sentAt: number }[] = [];
  /** What we wrote last. */
  #ours: string | null = null;
  #hasPersonMoved = false;
  /** The state that a person gave the issue, while nothing came after it, and whether a poll has told of it. */
  #word: { readonly state: string; isTold: boolean } | null = null;

  constructor(states: Policy["states"]) {
    this.#line = new Line({ writes: "full", states }).sees(issue("a"));
  }

  play(move: (typeof lossyMoves)[number], n: number): void {
    switch (move) {
      case "answer":
      case "loseAnswer":
      case "loseRequest":
        return this.#answer(move);
      case "land":
        return this.#land();
      case "move":
        return this.#move(peoplesStates[n % peoplesStates.length] ?? "todo", n > 2);
      case "work":
      case "ask":
        return this.#work(move, n);
      case "wait":
        return this.#wait(1 + n * 20_000);
      case "sleep":
        this.#line.at += n * 400_000;
        this.#late.length = 0;
        return this.#send({ type: "time-passed" });
      case "pause":
        return this.#send(
          this.#line.state.gates.paused === undefined
            ? { type: "gate-closed", gate: { gate: "paused", by: "somebody" } }
            : { type: "gate-opened", gate: "paused" },
        );
    }
  }

  /** From here on everything is answered: in the end all is as it was said last. */
  settle(): void {
    for (let times = 0; times < 200; times += 1) {
      while (this.#sent.length > 0) this.#answer("answer");
      this.#wait(20_000);
    }
    if (!this.#hasPersonMoved && this.#ours !== null && this.#state !== this.#ours)
      this.problems.push(`"${this.#ours}" was written last, and it became "${this.#state}"`);
    if (this.#line.state.index.transitions.size > 0) this.problems.push("an order never ends");
  }

  get #state(): string {
    return this.#line.listed("a").state;
  }

  #send(input: Input): void {
    const { effects } = this.#line.send(input);
    this.#sent.push(...effects.filter((effect) => effect.type === "transition-issue"));
  }

  #poll(): void {
    const issues = [this.#line.listed("a")];
    this.#send({ type: "issues-observed", scope: "changes", issues, removedIds: [] });
    if (this.#word !== null) this.#word.isTold = true;
  }

  #wait(ms: number): void {
    this.#line.at += ms;
    this.#send({ type: "time-passed" });
    this.#poll();
  }

  #put(state: string): void {
    this.#line.tracker.set("a", issue("a", { state }));
    this.#word = null;
  }

  #move(state: string, isTold: boolean): void {
    this.#put(state);
    this.#word = { state, isTold: false };
    this.#hasPersonMoved = true;
    if (isTold) this.#poll();
  }

  #land(): void {
    const late = this.#late.shift();
    if (late !== undefined && this.#line.at - late.sentAt < longestLateMs) this.#put(late.to);
  }

  #answer(how: "answer" | "loseAnswer" | "loseRequest"): void {
    const effect = this.#sent.shift();
    if (effect === undefined || !this.#line.state.orders.has(effect.key)) return;
    const { key, to } = effect;
    if (how === "loseRequest") this.#late.push({ to, sentAt: this.#line.at });
    const made = how === "loseRequest" ? unanswered : this.#write(effect);
    const result = how === "answer" ? made : unanswered;
    this.#send({ type: "transition-ended", issueId: "a", key, result });
  }

  /** As trackers do: compares, writes, reads back. */
  #write({ key, from, to }: TransitionIssueEffect): EventOf<"transition-ended">["result"] {
    const state = this.#state;
    if (state !== to && from !== state)
      return { kind: "conflict", issue: this.#line.listed("a") };
    if (state !== to) this.#checkWrite(key);
    if (state !== to) this.#put(to);
    this.#ours = to;
    return { kind: "confirmed", issue: this.#line.listed("a") };
  }

  #checkWrite(key: string): void {
    const order = this.#line.state.orders.get(key);
    const doubt = order?.kind === "transition-issue" ? order.doubt : undefined;
    if (doubt?.isWritten !== true || this.#word === null) return;
    const { isTold, state } = this.#word;
    if (isTold && !doubt.states.includes(state))
      this.problems.push(`${key} was written again over a person's "${state}"`);
  }

  #work(move: "work" | "ask", n: number): void {
    const claim = this.#line.state.claims.get("a");
    if (claim === undefined) return;
    const about = { issueId: "a" } as const;
    if (claim.phase === "parked")
      return this.#send({ type: "answer-received", ...about, text: "yes", by: "somebody" });
    if (claim.phase === "delivering") {
      const result = { kind: "delivered", commit: `c${n}`, branch: "main", notes: [] } as const;
      return this.#send({ type: "delivery-ended", ...about, key: claim.key, result });
    }
    if (claim.phase !== "running") return;
    const { runId, runPhase, baseline } = claim;
    if (runPhase === "checking")
      return this.#send({ type: "issue-checked", ...about, runId, issue: this.#line.listed("a") });
    if (baseline === null) this.#line.prepares("a");
    const outcome = move === "work" ? succeeded : ({ kind: "needs-input", question: "?" } as const);
    const ending = { outcome, fingerprint: fingerprint(`after ${n}`, 1), turns: 1 };
    this.#send({ type: "run-ended", ...about, runId, ending, usage: null });
  }
}
