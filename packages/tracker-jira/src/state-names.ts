import type { StateKind } from "@signalbox/contracts";
import { foldState } from "@signalbox/http-tracker";

/** Jira's categories of statuses by their keys, which no language changes. */
export type CategoryKey = "new" | "indeterminate" | "done";

export const categoryNames: Readonly<Record<CategoryKey, string>> = {
  new: "To Do",
  indeterminate: "In Progress",
  done: "Done",
};

const canceled =
  /^(?:cancell?ed|won'?t (?:do|fix)|rejected|declined|duplicate|abandoned|obsolete|invalid)$/;

/** What a status means: its category says so, and of those that are done, by custom, its name. */
export function kindOf(name: string, category: CategoryKey | null): StateKind | null {
  switch (category) {
    case "new":
      return "unstarted";
    case "indeterminate":
      return "started";
    case "done":
      return canceled.test(foldState(name).replaceAll(/[\s_-]+/g, " ")) ? "canceled" : "completed";
    case null:
      return null;
  }
}
