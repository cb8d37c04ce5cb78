import { SignalboxError, type Tracker } from "@signalbox/contracts";
import type { DaemonLife, Latency, Reply } from "./daemon-life.ts";
import type { Faults } from "./faults.ts";
import type { World } from "./world.ts";

const latency: Latency = [5, 200];
/** For how long a request can be on its way: what took longer was given up by everybody in between. */
const longestLateMs = 290_000;

/** The `Tracker` port of one daemon, over a network that fails, limits, delays, loses and repeats. */
export function createSimulatedTracker(
  life: DaemonLife,
  world: World,
  style: "changes" | "lists",
): Tracker {
  const { tracker, auditor, scheduler } = world;
  const read = <T>(kind: string, subject: string, signal: AbortSignal, work: () => T): Promise<T> =>
    life.call<T>(kind, subject, latency, (reply) => answer(world, { kind, work }, reply), signal);
  const write = <T>(kind: string, issueId: string, signal: AbortSignal, compare: () => () => T) =>
    life.call<T>(
      kind,
      issueId,
      latency,
      (reply) => answerWrite(world, { kind, land: compare() }, reply),
      signal,
    );
  const mark = (isClaimed: boolean, issueId: string, key: string, signal: AbortSignal) =>
    write(isClaimed ? "claim" : "release", issueId, signal, () => {
      auditor.onEffectPerformed(key);
      return () => tracker.mark(issueId, isClaimed);
    });
  const lists: Tracker = {
    fetchIssuesByStates: (states, signal) =>
      read("list", "", signal, () => tracker.byStates(states)),
    fetchIssuesByIds: (ids, signal) => read("read", ids[0] ?? "", signal, () => tracker.byIds(ids)),
    transition: (issueId, order, signal) =>
      write("transition", issueId, signal, () => {
        auditor.onEffectPerformed(order.key);
        return tracker.transition(issueId, order);
      }),
    ensureComment: (issueId, order, signal) => {
      auditor.onCommentSent(issueId, order);
      return write(
        "comment",
        issueId,
        signal,
        () => () => tracker.ensureComment(issueId, order, scheduler.now),
      );
    },
    fetchComments: (issueId, after, signal) =>
      read("comments", issueId, signal, () => tracker.commentsAfter(issueId, after)),
    claim: (issueId, { key }, signal) => mark(true, issueId, key, signal),
    release: (issueId, { key }, signal) => mark(false, issueId, key, signal),
  };
  if (style === "lists") return lists;
  return {
    ...lists,
    fetchChanges: (cursor, signal) =>
      read("changes", String(scheduler.now), signal, () => tracker.changes(cursor)),
  };
}

interface Read<T> {
  readonly kind: string;
  readonly work: () => T;
}

/** What a question comes to: mostly its answer. */
function answer<T>(world: World, { kind, work }: Read<T>, reply: Reply<T>): void {
  const { faults, scheduler } = world;
  if (!faults.strikes("tracker")) return settle(work, reply);
  const trouble = faults.pick(troubles);
  switch (trouble) {
    case "tracker reply cut off":
    case "tracker reply lost":
      return interrupt(trouble, reply);
    case "tracker reply late": {
      // Of before what others have been answered meanwhile.
      const old = work();
      const lateMs = faults.random.between(1, 40) * 1_000;
      scheduler.schedule(lateMs, `${kind} heard late`, "", () => reply.resolve(old));
      return;
    }
    case "tracker request late":
      scheduler.schedule(faults.random.between(1, 180) * 1_000, `${kind} late`, "", () =>
        settle(work, reply),
      );
      return;
    case "tracker request repeated":
      return settle(work, reply);
    case "tracker unreachable":
    case "tracker page missing":
    case "tracker limited":
      return refuse(trouble, faults, reply);
  }
}

interface Write<T> {
  readonly kind: string;
  /** The write itself, once or more often, sooner or later. */
  readonly land: () => T;
}

/**
 * What a write comes to. Whoever heard that it was made can rely on it; whoever heard nothing, or was cut off, cannot
 * tell: it may land minutes later, behind others that were sent after it.
 */
function answerWrite<T>(world: World, { kind, land }: Write<T>, reply: Reply<T>): void {
  const { faults, scheduler, tracker } = world;
  if (!faults.strikes("tracker")) return settle(land, reply);
  const lateMs = faults.random.between(1_000, longestLateMs);
  const trouble = faults.pick(troubles);
  switch (trouble) {
    case "tracker reply cut off":
    case "tracker reply lost":
      land();
      return interrupt(trouble, reply);
    case "tracker reply late": {
      const result = land();
      scheduler.schedule(lateMs, `${kind} heard late`, "", () => reply.resolve(result));
      return;
    }
    case "tracker request late":
      scheduler.schedule(
        lateMs,
        `${kind} late`,
        "",
        tracker.onLanding(() => settle(land, reply)),
      );
      return;
    case "tracker request repeated":
      land();
      scheduler.schedule(
        lateMs,
        `${kind} repeated`,
        "",
        tracker.onLanding(() => void land()),
      );
      return interrupt("tracker reply cut off", reply);
    case "tracker unreachable":
    case "tracker page missing":
    case "tracker limited":
      return refuse(trouble, faults, reply);
  }
}

type Trouble = (typeof troubles)[number];

const troubles = [
  "tracker unreachable",
  "tracker page missing",
  "tracker limited",
  "tracker reply cut off",
  "tracker reply lost",
  "tracker reply late",
  "tracker request late",
  "tracker request repeated",
] as const;

function interrupt(
  trouble: "tracker reply cut off" | "tracker reply lost",
  reply: Reply<never>,
): void {
  if (trouble === "tracker reply cut off")
    reply.reject(failure("tracker_transport", "the connection was reset"));
}

function refuse(
  trouble: Extract<Trouble, "tracker unreachable" | "tracker page missing" | "tracker limited">,
  faults: Faults,
  reply: Reply<never>,
): void {
  switch (trouble) {
    case "tracker unreachable":
      return reply.reject(failure("tracker_transport", "the connection was refused"));
    case "tracker page missing":
      return reply.reject(failure("tracker_pagination", "page 2 is missing"));
    case "tracker limited":
      return reply.reject(
        failure("tracker_rate_limited", "429", faults.random.between(1, 120) * 1_000),
      );
  }
}

function settle<T>(work: () => T, reply: Reply<T>): void {
  reply.resolve(work());
}

function failure(
  code: "tracker_transport" | "tracker_pagination" | "tracker_rate_limited",
  message: string,
  retryAfterMs?: number,
): SignalboxError {
  return new SignalboxError(code, message, {
    retryable: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
