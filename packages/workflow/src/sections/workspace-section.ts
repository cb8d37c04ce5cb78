import type { HooksConfig } from "@signalbox/contracts";
import * as v from "valibot";
import { choice, script, text, wholeNumber } from "../fields.ts";

/** As written: paths are not resolved yet, `null` stands for a missing key. */
export interface WorkspaceKeys {
  readonly kind: "git" | "folder" | null;
  readonly root: string | null;
  readonly repository: string | null;
  readonly base: string | null;
}

export const workspaceSection: v.GenericSchema<unknown, WorkspaceKeys> = v.pipe(
  v.object({
    kind: v.optional(choice("git", "folder")),
    root: v.optional(text("the path of a folder")),
    repository: v.optional(text("a path or a URL")),
    base: v.optional(text("the name of a branch")),
  }),
  v.transform(({ kind, root, repository, base }) => ({
    kind: kind ?? null,
    root: root ?? null,
    repository: repository ?? null,
    base: base ?? null,
  })),
);

export const hooksSection: v.GenericSchema<unknown, HooksConfig> = v.pipe(
  v.object({
    after_create: v.optional(script()),
    before_run: v.optional(script()),
    after_run: v.optional(script()),
    before_remove: v.optional(script()),
    timeout_ms: v.optional(wholeNumber(1), 60_000),
  }),
  v.transform((keys) => ({
    afterCreate: keys.after_create ?? null,
    beforeRun: keys.before_run ?? null,
    afterRun: keys.after_run ?? null,
    beforeRemove: keys.before_remove ?? null,
    timeoutMs: keys.timeout_ms,
  })),
);
