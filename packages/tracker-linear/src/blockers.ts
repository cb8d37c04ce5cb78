import type { IssueBlocker } from "@signalbox/contracts";
import * as v from "valibot";
import { lenient, name } from "./issue-node.ts";
import { stateKindOf } from "./state-kind.ts";

export interface ReadBlockers {
  readonly blockedBy: readonly IssueBlocker[];
  /** Why relations could not be read, as the rest of a sentence about the issue. */
  readonly problems: readonly string[];
}

const kindSchema = v.object({ type: v.string() });

const blockerSchema = v.object({
  type: v.string(),
  /** `null`: the token may not see it. */
  issue: v.nullish(
    v.object({
      id: name,
      identifier: name,
      state: lenient(v.object({ name, type: lenient(name) })),
    }),
    null,
  ),
});

/**
 * Relations of type `blocks` that point at an issue. A blocker that the token may not see is unknown, and so is what a
 * relation means that cannot be read: both block.
 */
export function readBlockers(relations: readonly unknown[]): ReadBlockers {
  const blockers = new Map<string, IssueBlocker>();
  const problems: string[] = [];
  for (const record of relations) {
    const kind = v.safeParse(kindSchema, record);
    if (kind.success && kind.output.type !== "blocks") continue;
    const relation = v.safeParse(blockerSchema, record);
    if (relation.success) {
      const { issue } = relation.output;
      const state = issue?.state ?? null;
      blockers.set(issue?.id ?? "", {
        id: issue?.id ?? null,
        identifier: issue?.identifier ?? "an issue that the token may not see",
        state: state?.name ?? null,
        stateKind: stateKindOf(state?.type ?? null),
      });
    } else {
      const [issue] = relation.issues;
      const called = `the relation ${nameOf(record)}`;
      const identifier = `${called}, which cannot be read`;
      blockers.set(called, { id: null, identifier, state: null, stateKind: null });
      const where = v.getDotPath(issue) ?? "the record";
      problems.push(`waits for ${identifier}: ${where} ${issue.message}`);
    }
  }
  return { blockedBy: [...blockers.values()], problems };
}

function nameOf(record: unknown): string {
  const named = v.safeParse(v.object({ id: name }), record);
  return named.success ? named.output.id : "without an id";
}
