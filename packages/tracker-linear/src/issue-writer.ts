import type { TransitionOrder, TransitionResult } from "@signalbox/contracts";
import * as v from "valibot";
import { updateIssueDocument } from "./documents.ts";
import type { IssueReader, WorkflowState } from "./issue-reader.ts";
import type { LinearClient } from "./linear-client.ts";
import { LinearRefusal, trackerError } from "./linear-error.ts";

type Found = NonNullable<Awaited<ReturnType<IssueReader["withStates"]>>>;

/** Writes fields of issues. Linear has no compare-and-swap: what a write did is read back. */
export class IssueWriter {
  readonly #client: LinearClient;
  readonly #reader: IssueReader;

  constructor(client: LinearClient, reader: IssueReader) {
    this.#client = client;
    this.#reader = reader;
  }

  /** The issue as it is now; one that is gone is an error. */
  async read(issueId: string, signal: AbortSignal): Promise<Found> {
    const found = await this.#reader.withStates(issueId, signal);
    if (found !== null) return found;
    throw trackerError("tracker_status", `Linear has no issue ${issueId} (any more), or hides it`, {
      remedy:
        "Look whether it was deleted, archived or moved to a team that the token may not see.",
    });
  }

  async update(
    action: string,
    issueId: string,
    input: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#client.request(
      {
        action,
        document: updateIssueDocument,
        variables: { id: issueId, input },
        schema: v.object({ issueUpdate: v.object({ success: v.boolean() }) }),
      },
      signal,
    );
  }

  async transition(
    issueId: string,
    { from, to }: TransitionOrder,
    signal: AbortSignal,
  ): Promise<TransitionResult> {
    const { issue, states } = await this.read(issueId, signal);
    if (isSame(issue.state, to)) return { kind: "confirmed", issue };
    if (from !== null && !isSame(issue.state, from)) return { kind: "conflict", issue };
    const target = states.find(({ name }) => isSame(name, to));
    if (target === undefined) return { kind: "rejected", reason: noSuchState(to, states) };
    try {
      await this.update(`moving ${issue.identifier}`, issueId, { stateId: target.id }, signal);
    } catch (error) {
      if (error instanceof LinearRefusal && error.isDeclined) {
        return { kind: "rejected", reason: error.message };
      }
      throw error;
    }
    const after = await this.read(issueId, signal);
    if (isSame(after.issue.state, to)) return { kind: "confirmed", issue: after.issue };
    if (!isSame(after.issue.state, issue.state)) return { kind: "conflict", issue: after.issue };
    const reason = `Linear took the move of ${issue.identifier} to ${to} and left it in ${issue.state}`;
    return { kind: "rejected", reason };
  }
}

function isSame(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

function noSuchState(to: string, states: readonly WorkflowState[]): string {
  const names = states.map(({ name }) => name).join(", ");
  return `the issue's team has no state ${to}; it has ${names}`;
}
