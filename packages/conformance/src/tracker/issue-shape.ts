import type { Issue } from "@signalbox/contracts";
import * as v from "valibot";

const text = v.pipe(
  v.string(),
  v.check((value) => value.trim() !== "", "is empty"),
);
const stateKind = v.nullable(v.picklist(["unstarted", "started", "completed", "canceled"]));
const link = v.pipe(
  v.string(),
  v.check((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ""), "is no http(s) URL"),
);

/** What the contract says of each field; instants and labels have laws of their own. */
const shape = v.object({
  id: text,
  identifier: text,
  title: text,
  description: v.nullable(v.string()),
  state: text,
  stateKind,
  priority: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4))),
  labels: v.array(v.string()),
  blockedBy: v.array(
    v.object({
      id: v.nullable(text),
      identifier: text,
      state: v.nullable(v.string()),
      stateKind,
    }),
  ),
  assignee: v.nullable(v.string()),
  branchName: v.nullable(v.string()),
  url: v.nullable(link),
  createdAt: v.nullable(v.string()),
  updatedAt: v.nullable(v.string()),
  notDispatchable: v.nullable(v.string()),
  nativeRef: v.custom<object>((value) => typeof value === "object" && value !== null),
});

/** What is wrong with the issue, as the rest of a sentence about it; `null` where nothing is. */
export function issueProblem(issue: Issue): string | null {
  const [first] = v.safeParse(shape, issue).issues ?? [];
  if (first === undefined) return null;
  return `is wrong in ${v.getDotPath(first) ?? "its shape"}: ${first.message}`;
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

export function isInstant(value: string | null): boolean {
  return value === null || (rfc3339.test(value) && !Number.isNaN(Date.parse(value)));
}
