import * as v from "valibot";

/** Options of the roadmap tracker: `tracker.provider` of a workflow file. */
export interface RoadmapOptions {
  /** The roadmap file; relative to the host's folder, `~/` is the home folder. Default `docs/roadmap.md`. */
  readonly path?: string | undefined;
  /** Commit each write of ours to the branch that is checked out, this file alone. Default `false`. */
  readonly commit?: boolean | undefined;
  /** Name of the tracker's scope in the journal. Default: the file's real path. */
  readonly scope?: string | undefined;
}

const text = v.pipe(v.string(), v.trim(), v.minLength(1, "must not be blank"));

/** Accepts the older spellings `file_path` and `filePath` of `path`. Keys that it does not know are ignored. */
export const roadmapOptionsSchema: v.GenericSchema<unknown, RoadmapOptions> = v.pipe(
  v.object({
    path: v.optional(text),
    file_path: v.optional(text),
    filePath: v.optional(text),
    commit: v.optional(v.boolean()),
    scope: v.optional(text),
  }),
  v.check(
    ({ path, file_path, filePath }) =>
      [path, file_path, filePath].filter((value) => value !== undefined).length <= 1,
    "`path`, `file_path` and `filePath` are the same option: give one of them",
  ),
  v.transform(({ path, file_path, filePath, commit, scope }) => ({
    path: path ?? file_path ?? filePath,
    commit,
    scope,
  })),
);
