import type { Gate, ParkReason, PoolGate, Reason } from "@signalbox/core";
import type { OutsideReason } from "./explain-issue.ts";
import { firstLine } from "./first-line.ts";
import { formatDue, formatInstant } from "./format-span.ts";

/** One reason in words. */
export interface ReasonText {
  readonly text: string;
  readonly release: string;
}

/**
 * The words for a reason. `at`: now, in epoch milliseconds. `daemonRuns`: whether what the state says to be under way
 * is so, or was so when the last daemon ended. `feedback`: what the next run of a parked issue is told.
 */
export function reasonText(
  reason: Reason | OutsideReason,
  at: number,
  daemonRuns = true,
  feedback: string | null = null,
): ReasonText {
  switch (reason.code) {
    case "daemon-not-running":
      return {
        text: "No daemon is running for this workflow file.",
        release: "`signalbox run` starts one.",
      };
    case "daemon-silent":
      return {
        text: `The daemon (pid ${reason.pid}) does not answer; this is what its journal says.`,
        release: "Asking again; or ending that process, and `signalbox run`.",
      };
    case "journal-unwritable":
      return {
        text: `Nothing can be decided or started, for the journal cannot be written: ${withoutFullStop(reason.message)}.`,
        release: reason.remedy ?? "A journal that can be written; it is tried every 30 seconds.",
      };
    case "tracker-unreadable":
      return {
        text: `The tracker cannot be read: ${withoutFullStop(reason.message)}.`,
        release: "The next look that the tracker answers; the other reasons are as last known.",
      };
    case "not-tracked":
      return {
        text: "The tracker does not list it.",
        release: "An issue of that name within the tracker's scope.",
      };
    case "state-not-active":
    case "state-terminal":
    case "label-missing":
    case "not-dispatchable":
    case "blocked":
      return trackerReason(reason);
    case "running":
      return daemonRuns ? runningText(reason) : abandonedText(reason);
    case "backoff":
    case "parked":
    case "delivering":
    case "delivered":
    case "cleaning":
      return claimReason(reason, at, feedback);
    case "gate":
      return gateText(reason.gate);
    case "day-budget":
    case "no-slot":
    case "state-cap":
    case "outranked":
      return capacityReason(reason);
  }
}

type Coded<Code extends Reason["code"]> = Extract<Reason, { readonly code: Code }>;

function trackerReason(
  reason: Coded<
    "state-not-active" | "state-terminal" | "label-missing" | "not-dispatchable" | "blocked"
  >,
): ReasonText {
  switch (reason.code) {
    case "state-not-active":
      return {
        text: `Its state "${reason.state}" is not one of the active states.`,
        release: "Moving it to one of `tracker.active_states`.",
      };
    case "state-terminal":
      return {
        text: `It is over: its state is "${reason.state}".`,
        release: "Moving it back to one of `tracker.active_states`.",
      };
    case "label-missing":
      return {
        text: `It lacks the label "${reason.label}", which \`tracker.required_labels\` asks for.`,
        release: `Adding the label "${reason.label}".`,
      };
    case "not-dispatchable":
      return {
        text: `The tracker says that it must not run: ${withoutFullStop(reason.detail)}.`,
        release: "Clearing that up in the tracker.",
      };
    case "blocked":
      return reason.state === null
        ? {
            text: `It is blocked by "${reason.by}", whose state is not known.`,
            release: `An issue "${reason.by}" in a terminal state, or a corrected blocker.`,
          }
        : {
            text: `It is blocked by ${reason.by}, which is in state "${reason.state}".`,
            release: `${reason.by} reaching a terminal state.`,
          };
  }
}

function runningText({ runId, stopping }: Coded<"running">): ReasonText {
  const text =
    stopping === null
      ? `It is being worked on (${runId}).`
      : `Its run ${runId} is being stopped: ${stopping}.`;
  return { text, release: "The end of that run." };
}

function abandonedText({ runId }: Coded<"running">): ReasonText {
  return {
    text: `Its run ${runId} was under way when the last daemon ended.`,
    release: "The next daemon, which finds out what became of it and goes on.",
  };
}

function claimReason(
  reason: Coded<"backoff" | "parked" | "delivering" | "delivered" | "cleaning">,
  at: number,
  feedback: string | null,
): ReasonText {
  switch (reason.code) {
    case "backoff":
      return {
        text: `It waits for its next run (${reason.kind})${because(reason.error)}.`,
        release: `Its time comes ${formatDue(reason.dueAt, at)}.`,
      };
    case "parked":
      return parkText(reason.park, reason.until, at, feedback);
    case "delivering":
      return reason.waiting === null
        ? { text: "Its result is being delivered.", release: "The end of the delivery." }
        : {
            text: `Its delivery waits: ${withoutFullStop(reason.waiting.reason)}.`,
            release: reason.waiting.remedy,
          };
    case "delivered":
      return {
        text: `Its result is delivered${reason.commit === null ? "" : ` (${reason.commit})`}.`,
        release: "Somebody moving it out of the active states and back into one.",
      };
    case "cleaning":
      return { text: "Its workspace is being removed.", release: "The end of the removal." };
  }
}

/** The words for a parking. `until`: when it ends by itself; `feedback`: what the next run is told. */
export function parkText(
  park: ParkReason,
  until: number | null,
  at: number,
  feedback: string | null,
): ReasonText {
  const change = "`signalbox retry`, or any change of the issue in the tracker.";
  const release = until === null ? change : `Its time comes ${formatDue(until, at)}.`;
  switch (park.kind) {
    case "needs-input":
      return {
        text: `It is parked: the agent asks "${park.question}".`,
        release: "`signalbox answer`, or any change of the issue.",
      };
    case "no-progress":
      return {
        text: `It is parked: ${park.continuations} continuations changed neither issue nor workspace (\`agent.max_no_progress\`).`,
        release,
      };
    case "failure-limit":
      return {
        text: `It is parked: ${park.failures} runs in a row failed (\`agent.max_failures\`)${because(park.error)}.`,
        release,
      };
    case "loss-limit":
      return {
        text: `It is parked: ${park.losses} runs in a row were lost, without a failure of their own (\`agent.max_failures\`)${because(park.error)}.`,
        release,
      };
    case "continuation-limit":
      return {
        text: `It is parked: it took ${park.continuations} continuations (\`agent.max_continuations\`)${because(feedback && firstLine(feedback))}.`,
        release,
      };
    case "quota":
      return {
        text: `It is parked: the quota of "${park.pool}" is used up${until === null ? "" : ` until ${formatInstant(until)}`}.`,
        release,
      };
    case "budget":
      return {
        text: `It is parked: its budget is used up (${park.budget}).`,
        release: "A higher limit under `budgets`, and then any change of the issue.",
      };
    case "not-retryable":
      return {
        text: `It is parked: another try would fail the same way${because(park.error)}.`,
        release: `Mending the cause, and then any change of the issue.`,
      };
    case "operator":
      return { text: `It is parked: stopped by ${park.by}.`, release };
  }
}

/** What keeps the daemon from starting anything at all, in words. */
export function gateText(gate: Gate): ReasonText {
  switch (gate.gate) {
    case "paused":
      return { text: `Dispatch is paused by ${gate.by}.`, release: "Somebody resuming it." };
    case "draining":
      return {
        text: `The daemon is draining (${gate.by}): it starts nothing new.`,
        release: "The next `signalbox run`.",
      };
    case "setup-failed":
      return {
        text: `No agent can be started: ${withoutFullStop(gate.message)}.`,
        release: "Mending it; it is tried again every minute and when the workflow file changes.",
      };
    case "pool-closed":
      return poolText(gate);
    case "recovering":
      return {
        text: `The daemon is recovering: ${withoutFullStop(gate.what)}.`,
        release:
          "The end of the recovery; `signalbox status` has what stands in its way, if anything.",
      };
    case "memory-low":
      return {
        text: `Only ${gate.freeMb} MiB of memory are free; ${gate.reserveMb} MiB are kept in reserve (\`memory_reserve_mb\`).`,
        release: "More free memory, or a smaller reserve.",
      };
  }
}

function poolText({ because: cause, pool, message, until }: PoolGate): ReasonText {
  const release = cause === "quota" ? "Its reset" : "Seeing to it";
  const next = until === null ? "now" : `at ${formatInstant(until)}`;
  return {
    text: `No agent is started, by the word of ${pool ?? "the agent"}: ${withoutFullStop(message)}.`,
    release: `${release}; the next run is tried ${next}, others follow one by one.`,
  };
}

function capacityReason(
  reason: Coded<"day-budget" | "no-slot" | "state-cap" | "outranked">,
): ReasonText {
  switch (reason.code) {
    case "day-budget":
      return {
        text: `The budget of this day is used up: ${amount(reason.used, reason.unit)} of ${amount(reason.limit, reason.unit)}.`,
        release: "Midnight UTC, or a higher limit in `budgets`.",
      };
    case "no-slot":
      return {
        text: `No slot is free: ${reason.running} of ${reason.max} agents are at work (\`agent.max_concurrent_agents\`).`,
        release: "The end of any run.",
      };
    case "state-cap":
      return {
        text: `The cap of state "${reason.state}" is reached: ${reason.running} of ${reason.max} (\`agent.max_concurrent_agents_by_state\`).`,
        release: `The end of a run of an issue in state "${reason.state}".`,
      };
    case "outranked":
      return {
        text:
          reason.ahead === 1
            ? `An issue of higher rank goes first: ${reason.by}.`
            : `${reason.ahead} issues of higher rank go first, ${reason.by} among them.`,
        release: "Free slots left after those, or a higher priority.",
      };
  }
}

function because(error: string | null): string {
  return error === null ? "" : `: ${withoutFullStop(error)}`;
}

function withoutFullStop(text: string): string {
  return text.trim().replace(/\.$/, "");
}

function amount(value: number, unit: "tokens" | "usd"): string {
  return unit === "usd" ? `$${value.toFixed(2)}` : `${value} tokens`;
}
