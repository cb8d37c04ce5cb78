import type { Issue, IssueBlocker, TrackerProblem } from "@signalbox/contracts";
import { BlockerResolver } from "./blockers.ts";
import type { BlockerTarget } from "./blockers.ts";
import { titleId, titleSlug, uniqueNames } from "./feature-id.ts";
import { sortFields, valueOf } from "./fields.ts";
import { scanRoadmap } from "./scan.ts";
import type { Scan } from "./scan.ts";
import { findProblems } from "./find-problems.ts";
import { readStatus } from "./status.ts";
import { toIssue } from "./to-issue.ts";
import type { Entry, RoadmapSource } from "./to-issue.ts";

/** What a roadmap's text says. */
export interface Roadmap {
  readonly text: string;
  /** In the order of the file, without those whose status is unusable. */
  readonly issues: readonly Issue[];
  readonly issueById: ReadonlyMap<string, Issue>;
  /** Every feature, unusable ones too. */
  readonly entryById: ReadonlyMap<string, Entry>;
  readonly problems: readonly TrackerProblem[];
}

export function readRoadmap(text: string, file: string): Roadmap {
  const scan = scanRoadmap(text);
  const entries = nameFeatures(text, scan);
  const source: RoadmapSource = { text, file, createdAt: readDay(scan.created) };
  const blockers = new BlockerResolver(entries.map(toTarget));
  const issues: Issue[] = [];
  for (const [rank, entry] of entries.entries()) {
    if (entry.status === null) continue;
    issues.push(toIssue(source, entry, entry.status, rank, blockers));
  }
  const issueById = new Map(issues.map((issue) => [issue.id, issue]));
  const findings = [...scan.problems, ...findProblems(text, entries, issueById)];
  return {
    text,
    issues,
    issueById,
    entryById: new Map(entries.map((entry) => [entry.id, entry])),
    problems: findings
      .toSorted((one, other) => one.line - other.line)
      .map(({ line, message, remedy }) => ({ where: `${file}:${line}`, message, remedy })),
  };
}

function nameFeatures(text: string, { features }: Scan): readonly Entry[] {
  const drafts = features.map((feature) => {
    const fields = sortFields(feature);
    const externalId = valueOf(text, fields.known.get("externalId")) || null;
    const status = readStatus(valueOf(text, fields.known.get("status")));
    return { feature, fields, externalId, status };
  });
  const ids = uniqueNames(drafts.map((draft) => draft.externalId ?? titleId(draft.feature.title)));
  const identifiers = uniqueNames(drafts.map((draft) => titleSlug(draft.feature.title)));
  return drafts.map((draft, index) => ({
    ...draft,
    id: Buffer.from(ids[index] ?? "").toString(),
    identifier: identifiers[index] ?? "",
  }));
}

function toTarget({ feature, externalId, id, identifier, status }: Entry): BlockerTarget {
  const blocker: IssueBlocker = {
    id,
    identifier,
    state: status?.state ?? null,
    stateKind: status?.kind ?? null,
  };
  return { title: feature.title, externalId, blocker };
}

/** Epoch milliseconds of the day that the text starts with; 0 where it starts with none. */
function readDay(text: string | null): number {
  const day = /^\d{4}-\d{2}-\d{2}(?!\d)/.exec(text ?? "")?.[0];
  const instant = day === undefined ? 0 : Date.parse(day);
  return Number.isNaN(instant) ? 0 : instant;
}
