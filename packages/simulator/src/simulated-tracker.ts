import { SignalboxError, type Tracker } from "@signalbox/contracts";
import type { DaemonLife, Latency, Reply } from "./daemon-life.ts";
import type { World } from "./world.ts";

const latency: Latency = [5, 200];

/** The `Tracker` port of one daemon, over a network that fails, limits, delays, loses and repeats. */
export function createSimulatedTracker(
  life: DaemonLife,
  world: World,
  style: "changes" | "lists",
): Tracker {
  const { tracker, auditor, scheduler } = world;
  const call = <T>(kind: string, subject: string, signal: AbortSignal, work: () => T): Promise<T> =>
    life.call<T>(kind, subject, latency, (reply) => answer(world, kind, work, reply), signal);
  const mark = (
    kind: "claim" | "release",
    issueId: string,
    key: string,
    signal: AbortSignal,
  ): Promise<void> => {
    tracker.sendMark(key);
    return call(kind, issueId, signal, () => {
      auditor.onEffectPerformed(key);
      tracker.mark(issueId, key, kind === "claim");
    });
  };
  const lists: Tracker = {
    fetchIssuesByStates: (states, signal) =>
      call("list", "", signal, () => tracker.byStates(states)),
    fetchIssuesByIds: (ids, signal) => call("read", ids[0] ?? "", signal, () => tracker.byIds(ids)),
    transition: (issueId, order, signal) =>
      call("transition", issueId, signal, () => {
        auditor.onEffectPerformed(order.key);
        return tracker.transition(issueId, order);
      }),
    ensureComment: (issueId, order, signal) =>
      call("comment", issueId, signal, () => tracker.ensureComment(issueId, order, scheduler.now)),
    fetchComments: (issueId, after, signal) =>
      call("comments", issueId, signal, () => tracker.commentsAfter(issueId, after)),
    claim: (issueId, order, signal) => mark("claim", issueId, order.key, signal),
    release: (issueId, order, signal) => mark("release", issueId, order.key, signal),
  };
  if (style === "lists") return lists;
  return {
    ...lists,
    fetchChanges: (cursor, signal) =>
      call("changes", String(scheduler.now), signal, () => tracker.changes(cursor)),
  };
}

/** What a call comes to: mostly its answer. */
function answer<T>(world: World, kind: string, work: () => T, reply: Reply<T>): void {
  const { faults, scheduler } = world;
  if (!faults.strikes("tracker")) {
    settle(work, reply);
    return;
  }
  switch (faults.pick(troubles)) {
    case "tracker unreachable":
      return reply.reject(failure("tracker_transport", "the connection was refused"));
    case "tracker page missing":
      return reply.reject(failure("tracker_pagination", "page 2 is missing"));
    case "tracker limited":
      return reply.reject(
        failure("tracker_rate_limited", "429", faults.random.between(1, 120) * 1_000),
      );
    case "tracker reply cut off":
      settle(work, {
        ...reply,
        resolve: () => reply.reject(failure("tracker_transport", "the connection was reset")),
      });
      return;
    case "tracker reply lost":
      work();
      return;
    case "tracker reply late":
      scheduler.schedule(faults.random.between(1, 180) * 1_000, `${kind} late`, "", () =>
        settle(work, reply),
      );
      return;
    case "tracker request repeated":
      settle(work, reply);
      scheduler.schedule(
        faults.random.between(1, 90) * 1_000,
        `${kind} repeated`,
        "",
        () => void work(),
      );
  }
}

const troubles = [
  "tracker unreachable",
  "tracker page missing",
  "tracker limited",
  "tracker reply cut off",
  "tracker reply lost",
  "tracker reply late",
  "tracker request repeated",
] as const;

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
