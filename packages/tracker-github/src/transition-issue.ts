import { SignalboxError } from "@signalbox/contracts";
import type { Issue, TransitionOrder, TransitionResult } from "@signalbox/contracts";
import { isSameState, pause, StatusFailure } from "@signalbox/http-tracker";
import type { GithubClient } from "./github-client.ts";
import type { IssueRecord } from "./issue-record.ts";
import type { RepositoryPath } from "./repository-path.ts";
import { closedKind, settleState } from "./state-source.ts";
import type { ClosedStates, StateSource } from "./state-source.ts";

/** GitHub's readers may be a moment behind its writers. */
const lagMs = 1_000;

export interface TransitionParts {
  readonly client: GithubClient;
  readonly path: RepositoryPath;
  readonly source: StateSource;
  readonly closed: ClosedStates;
  /** Reads the issue anew; rejects where it is gone. */
  readonly read: (signal: AbortSignal) => Promise<IssueRecord>;
  /** The issue as the port tells it. */
  readonly issue: (record: IssueRecord, signal: AbortSignal) => Promise<Issue>;
}

/**
 * Compares, writes, reads back. The new status is added before the old one goes, and what a crash leaves between the
 * two reads as the new one.
 */
export async function transitionIssue(
  parts: TransitionParts,
  { from, to }: TransitionOrder,
  signal: AbortSignal,
): Promise<TransitionResult> {
  const { source, closed } = parts;
  const before = await parts.read(signal);
  const stateOf = (record: IssueRecord): string => settleState(record, source, closed).name;
  const was = stateOf(before);
  const isOpenAsWanted = (before.state === "closed") === (closedKind(to, closed) !== null);
  if (isSameState(was, to) && isOpenAsWanted) {
    // A transition that broke off may have left the old status beside the new one.
    await source.clear(before, to, signal);
    return { kind: "confirmed", issue: await parts.issue(before, signal) };
  }
  if (from !== null && !isSameState(was, from) && !isSameState(was, to)) {
    return { kind: "conflict", issue: await parts.issue(before, signal) };
  }
  const name = await writableName(parts, to, signal);
  if (name.kind === "unknown") return { kind: "rejected", reason: name.reason };
  const refusal = await write(parts, before, to, name.written, signal);
  if (refusal !== null) return { kind: "rejected", reason: refusal };
  let after = await parts.read(signal);
  if (!isSameState(stateOf(after), to)) {
    await pause(lagMs, signal);
    after = await parts.read(signal);
  }
  const is = stateOf(after);
  if (isSameState(is, to)) return { kind: "confirmed", issue: await parts.issue(after, signal) };
  if (!isSameState(is, was)) return { kind: "conflict", issue: await parts.issue(after, signal) };
  const reason = `GitHub took the change of #${before.number} to ${to} and left it in ${was}: the token's account may not set labels or close issues here`;
  return { kind: "rejected", reason };
}

type WritableName =
  /** `written`: the status beside open or closed, in its own spelling; `null` where there is none to write. */
  | { readonly kind: "known"; readonly written: string | null }
  | { readonly kind: "unknown"; readonly reason: string };

async function writableName(
  { source, closed, path }: TransitionParts,
  to: string,
  signal: AbortSignal,
): Promise<WritableName> {
  const names = await source.names(signal);
  const written = names.find((name) => isSameState(name, to)) ?? null;
  if (written !== null || closedKind(to, closed) !== null || isSameState(to, source.unnamed)) {
    return { kind: "known", written };
  }
  const known = [...new Set([...names, closed.completed, closed.notPlanned])].join(", ");
  const reason = `${path.fullName} has no state ${to}; there are: ${known}. ${source.remedy}`;
  return { kind: "unknown", reason };
}

/** Why GitHub refused it as a matter of this issue; `null`: it did not. */
async function write(
  { client, path, source, closed }: TransitionParts,
  before: IssueRecord,
  to: string,
  written: string | null,
  signal: AbortSignal,
): Promise<string | null> {
  const kind = closedKind(to, closed);
  const wanted = kind === null ? "open" : "closed";
  using _ = source.underWay?.(before.number, to) ?? null;
  try {
    if (written !== null) await source.set(before, written, signal);
    if (before.state !== wanted) {
      const state =
        kind === null
          ? { state: "open", state_reason: "reopened" }
          : { state: "closed", state_reason: kind === "completed" ? "completed" : "not_planned" };
      const route = `${path.template}/issues/{issue_number}`;
      const parameters = { ...path.parameters, issue_number: before.number, ...state };
      await client.write("PATCH", route, parameters, signal);
    }
    await source.clear(before, to, signal);
    return null;
  } catch (error) {
    if (error instanceof StatusFailure && error.status === 422) return error.message;
    if (SignalboxError.isInstance(error) && error.code === "tracker_config") return error.message;
    throw error;
  }
}
