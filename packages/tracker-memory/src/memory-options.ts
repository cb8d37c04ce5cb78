import * as v from "valibot";
import type { NewIssue } from "./create-issue.ts";

const text = v.pipe(v.string(), v.minLength(1, "must not be empty"));
const stateKind = v.nullable(v.picklist(["unstarted", "started", "completed", "canceled"]));

/** By identifier or in full; the state is looked up when the issue is put. */
const blocker = v.union([
  v.pipe(
    text,
    v.transform((id) => ({ id, identifier: id, state: null, stateKind: null })),
  ),
  v.object({
    id: v.nullable(text),
    identifier: text,
    state: v.nullable(text),
    stateKind,
  }),
]);

const issue: v.GenericSchema<unknown, NewIssue> = v.object({
  identifier: text,
  id: v.exactOptional(text),
  title: v.exactOptional(text),
  description: v.exactOptional(v.nullable(v.string())),
  state: v.exactOptional(text),
  stateKind: v.exactOptional(stateKind),
  priority: v.exactOptional(
    v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4))),
  ),
  labels: v.exactOptional(v.array(text)),
  blockedBy: v.exactOptional(v.array(blocker)),
  createdAt: v.exactOptional(v.nullable(v.pipe(v.string(), v.isoTimestamp()))),
  notDispatchable: v.exactOptional(v.nullable(text)),
});

/** Options of the memory tracker as a workflow file gives them. Other keys are ignored. */
export interface MemoryOptions {
  readonly issues?: readonly NewIssue[] | undefined;
  /** Name of the tracker's scope in the journal. Default `memory`. */
  readonly scope?: string | undefined;
}

export const memoryOptionsSchema: v.GenericSchema<unknown, MemoryOptions> = v.object({
  issues: v.optional(v.array(issue)),
  scope: v.optional(text),
});
