import * as v from "valibot";

/** Options of the Backlog.md tracker: `tracker.provider` of a workflow file. */
export interface BacklogOptions {
  /** The backlog folder; relative to the host's folder, `~/` is the home folder. Default: where Backlog.md looks for it. */
  readonly path?: string | undefined;
  /** Name of the tracker's scope in the journal. Default: the folder's real path. */
  readonly scope?: string | undefined;
}

const text = v.pipe(v.string(), v.trim(), v.minLength(1, "must not be blank"));

/** Keys that it does not know are ignored. */
export const backlogOptionsSchema: v.GenericSchema<unknown, BacklogOptions> = v.object({
  path: v.optional(text),
  scope: v.optional(text),
});
