import type { Issue, TransitionOrder, TransitionResult } from "@signalbox/contracts";
import { isSameState, pause, StatusFailure } from "@signalbox/http-tracker";
import type { GitlabClient } from "./gitlab-client.ts";
import type { IssueRecord } from "./issue-record.ts";
import type { States } from "./states.ts";

/** GitLab's readers may be a moment behind its writers. */
const lagMs = 1_000;

export interface TransitionParts {
  readonly client: GitlabClient;
  /** Path of the project below the root of the API. */
  readonly project: string;
  readonly name: string;
  readonly states: States;
  /** Titles of the project's labels, as of now. */
  readonly labels: (signal: AbortSignal) => Promise<readonly string[]>;
  /** Reads the issue anew; rejects where it is gone. */
  readonly read: (signal: AbortSignal) => Promise<IssueRecord>;
  /** The issue as the port tells it. */
  readonly issue: (record: IssueRecord, signal: AbortSignal) => Promise<Issue>;
}

/** Compares, writes all of it in one request, reads back. */
export async function transitionIssue(
  parts: TransitionParts,
  { from, to }: TransitionOrder,
  signal: AbortSignal,
): Promise<TransitionResult> {
  const { states } = parts;
  const before = await parts.read(signal);
  const was = states.of(before).name;
  const isOpenAsWanted = (before.state === "closed") === (states.closedKind(to) !== null);
  if (isSameState(was, to) && isOpenAsWanted) {
    return { kind: "confirmed", issue: await parts.issue(before, signal) };
  }
  if (from !== null && !isSameState(was, from) && !isSameState(was, to)) {
    return { kind: "conflict", issue: await parts.issue(before, signal) };
  }
  const refusal = await write(parts, before, to, signal);
  if (refusal !== null) return { kind: "rejected", reason: refusal };
  let after = await parts.read(signal);
  if (!isSameState(states.of(after).name, to)) {
    await pause(lagMs, signal);
    after = await parts.read(signal);
  }
  const is = states.of(after).name;
  if (isSameState(is, to)) return { kind: "confirmed", issue: await parts.issue(after, signal) };
  if (!isSameState(is, was)) return { kind: "conflict", issue: await parts.issue(after, signal) };
  const reason = `GitLab took the change of #${before.iid} to ${to} and left it in ${was}: the token's account may not set labels or close issues here`;
  return { kind: "rejected", reason };
}

/** Why it cannot be, or GitLab refused it as a matter of this issue; `null`: it was written. */
async function write(
  { client, project, name, states, labels }: TransitionParts,
  before: IssueRecord,
  to: string,
  signal: AbortSignal,
): Promise<string | null> {
  const titles = states.hasLabels ? await labels(signal) : [];
  const writable = states.writable(titles);
  if (!writable.some((state) => isSameState(state, to))) {
    const remedy = states.hasLabels
      ? "Make the label, or correct `tracker.states`."
      : "Leave the key out of `tracker.states`, or read states from labels: `state_source: labels`.";
    return `${name} has no state ${to}; there are: ${writable.join(", ")}. ${remedy}`;
  }
  const { add, remove, event } = states.write(before, to, titles);
  const body = {
    ...(add.length === 0 ? {} : { add_labels: add.join(",") }),
    ...(remove.length === 0 ? {} : { remove_labels: remove.join(",") }),
    ...(event === null ? {} : { state_event: event }),
  };
  try {
    await client.write("PUT", `${project}/issues/${before.iid}`, body, signal);
    return null;
  } catch (error) {
    // A rule of the project's.
    if (error instanceof StatusFailure && [400, 422].includes(error.status)) {
      return error.message;
    }
    throw error;
  }
}
