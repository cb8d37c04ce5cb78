import { SignalboxError } from "@signalbox/contracts";
import type {
  Claim,
  DecidedEvent,
  DecidedEventType,
  IssueSummary,
  RunningClaim,
} from "@signalbox/core";
import { parkDetail } from "@signalbox/views";
import { issueNamed } from "../observe/issue-named.ts";
import type { Operable } from "./operable.ts";
import { outlook, type OrderReport } from "./order-report.ts";
import type { OrderRequest } from "./protocol.ts";
import { runGone } from "./run-gone.ts";
import { unlessStuck } from "./unless-stuck.ts";
import { commandWord } from "../terminal/command-word.ts";

interface Order {
  readonly orchestrator: Operable;
  readonly issue: IssueSummary;
  /** As it was when the order came. */
  readonly claim: Claim | undefined;
  readonly by: string;
  /** Resolves when the run is over, or cannot be waited for any longer. */
  readonly ended: (claim: RunningClaim) => Promise<void>;
}

/**
 * Carries out an order about one issue. Resolves when what it led to is durable, and with `wait` when the run that it
 * stops is over. Rejects where it can't be carried out, and where the journal cannot be written for 3 s.
 */
export async function carryOutOrder(
  request: OrderRequest,
  orchestrator: Operable,
  gone: AbortSignal,
): Promise<OrderReport> {
  const issue = issueNamed(request.issue, orchestrator.state);
  const claim = orchestrator.state.claims.get(issue.id);
  const wait = "wait" in request && request.wait;
  const ended = async ({ runId }: RunningClaim): Promise<void> => {
    if (wait) await runGone(orchestrator, issue.id, runId, gone);
  };
  const order: Order = { orchestrator, issue, claim, by: request.by, ended };
  switch (request.verb) {
    case "stop":
      return stop(order);
    case "retry":
      return retry(order);
    case "release":
      return release(order);
    case "answer":
      return answer(order, request.text, request.force);
  }
}

async function stop(order: Order): Promise<OrderReport> {
  const { orchestrator, issue, by } = order;
  const name = issue.identifier;
  const facts = await unlessStuck(orchestrator, orchestrator.stopIssue(issue.id, by));
  const claim = order.claim;
  const changed = hasFact(facts, issue.id, "run-stop-decided", "issue-parked");
  switch (claim?.phase) {
    case undefined:
      // It may have been claimed since it was looked at.
      if (changed) return report(order, true, null, `${name} is stopped`);
      throw refused("issue_idle", `${name} is not being worked on: there is nothing to stop`, name);
    case "delivering":
      throw delivering(name);
    case "running":
      if (hasFact(facts, issue.id, "issue-parked"))
        return report(order, true, null, `${name} is parked ${untilRetry(name)}`);
      await order.ended(claim);
      return report(order, changed, claim.runId, stoppedText(order, claim, changed));
    case "retrying":
      return report(
        order,
        changed,
        null,
        `${name} does not wait for its next run any more; parked ${untilRetry(name)}`,
      );
    case "parked":
      return changed
        ? report(order, true, null, `${name} stays parked, now ${untilRetry(name)}`)
        : report(order, false, null, `${name} is parked already: ${parkDetail(claim.reason)}`);
  }
}

function stoppedText(order: Order, { runId }: RunningClaim, changed: boolean): string {
  const { orchestrator, issue } = order;
  const { identifier: name } = issue;
  const now = orchestrator.state.claims.get(issue.id);
  const isOver = now?.phase !== "running" || now.runId !== runId;
  if (!isOver) {
    const still = changed ? "is being stopped" : "is being stopped already";
    const then = now.releasing === true ? "released" : `parked ${untilRetry(name)}`;
    return `${runId} of ${name} ${still}; then the issue is ${then}`;
  }
  return now?.phase === "parked"
    ? `stopped ${runId} of ${name}; parked ${untilRetry(name)}`
    : `stopped ${runId} of ${name}; ${outlook(orchestrator.state, issue.id, Date.now())}`;
}

async function retry(order: Order): Promise<OrderReport> {
  const { orchestrator, issue, claim, by } = order;
  const name = issue.identifier;
  const facts = await unlessStuck(orchestrator, orchestrator.retryIssue(issue.id, by));
  switch (claim?.phase) {
    case undefined:
      throw refused("issue_idle", `${name} waits for nothing that a retry ends`, name);
    case "running":
      return report(order, false, claim.runId, `${claim.runId} of ${name} is under way already`);
    case "delivering":
      return hasFact(facts, issue.id, "delivery-resumed")
        ? report(order, true, claim.runId, `${name} is being delivered again`)
        : report(order, false, claim.runId, `${name} is being delivered already`);
    case "retrying":
    case "parked":
      return goesOn(order, `${name} goes on now`);
  }
}

async function release(order: Order): Promise<OrderReport> {
  const { orchestrator, issue, claim, by } = order;
  const name = issue.identifier;
  const facts = await unlessStuck(orchestrator, orchestrator.releaseIssue(issue.id, by));
  if (claim === undefined)
    return report(order, false, null, `${name} is not claimed: there is nothing to give up`);
  if (hasFact(facts, issue.id, "claim-released")) return goesOn(order, `released ${name}`);
  if (claim.phase !== "running") throw delivering(name);
  await order.ended(claim);
  const now = orchestrator.state.claims.get(issue.id);
  const isOver = now?.phase !== "running" || now.runId !== claim.runId;
  if (isOver) return goesOn(order, `stopped ${claim.runId} and released ${name}`, claim.runId);
  const changed = facts.length > 0;
  const text = `${claim.runId} of ${name} is being stopped${changed ? "" : " already"}; then the issue is released`;
  return report(order, changed, claim.runId, text);
}

async function answer(order: Order, text: string, force: boolean): Promise<OrderReport> {
  const { orchestrator, issue, claim, by } = order;
  const name = issue.identifier;
  if (claim?.phase !== "parked")
    throw refused("issue_asks_nothing", `${name} waits for no answer`, name);
  if (claim.reason.kind !== "needs-input" && !force) {
    throw new SignalboxError(
      "issue_asks_nothing",
      `${name} asks nothing; it is parked: ${parkDetail(claim.reason, claim.feedback)}`,
      {
        remedy: `\`signalbox retry ${commandWord(name)}\` goes on; --force gives the next run the text.`,
      },
    );
  }
  await unlessStuck(orchestrator, orchestrator.answer(issue.id, text, by));
  return goesOn(order, `answered ${name}`);
}

function goesOn(order: Order, done: string, runId: string | null = null): OrderReport {
  const { orchestrator, issue } = order;
  const { state } = orchestrator;
  const claim = state.claims.get(issue.id);
  const nextId = claim?.phase === "running" ? claim.runId : null;
  return report(order, true, runId ?? nextId, `${done}; ${outlook(state, issue.id, Date.now())}`);
}

function report(
  { orchestrator, issue }: Order,
  changed: boolean,
  runId: string | null,
  text: string,
): OrderReport {
  return {
    issue_id: issue.id,
    issue_identifier: issue.identifier,
    changed,
    phase: orchestrator.state.claims.get(issue.id)?.phase ?? "none",
    run_id: runId,
    text,
  };
}

function hasFact(
  facts: readonly DecidedEvent[],
  issueId: string,
  ...types: readonly DecidedEventType[]
): boolean {
  return facts.some(
    (fact) => types.includes(fact.type) && "issueId" in fact && fact.issueId === issueId,
  );
}

function untilRetry(name: string): string {
  return `until \`signalbox retry ${commandWord(name)}\``;
}

function delivering(name: string): SignalboxError {
  return new SignalboxError(
    "issue_delivering",
    `${name} is being delivered, and a delivery is not interrupted`,
    { remedy: "Wait for its end: `signalbox status` shows it." },
  );
}

function refused(code: string, message: string, name: string): SignalboxError {
  return new SignalboxError(code, message, {
    remedy: `\`signalbox explain ${commandWord(name)}\` says how it stands.`,
  });
}
