import type { Issue } from "@signalbox/contracts";
import { titleId } from "./feature-id.ts";
import { valueOf } from "./fields.ts";
import type { SourceProblem } from "./source-problem.ts";
import { isEmptyBlockers } from "./blockers.ts";
import type { Entry } from "./to-issue.ts";

/** What a person should mend, feature by feature. */
export function findProblems(
  text: string,
  entries: readonly Entry[],
  issueById: ReadonlyMap<string, Issue>,
): readonly SourceProblem[] {
  if (entries.length === 0) {
    return [{ line: 1, message: "no feature found", remedy: "Start each one with `### Title`." }];
  }
  const firstLines = new Map<string, number>();
  return entries.flatMap((entry) => {
    const issue = issueById.get(entry.id);
    return [
      ...duplicateProblem(entry, firstLines),
      ...(issue === undefined ? [statusProblem(entry)] : []),
      ...entry.fields.repeated.map((field) => ({
        line: field.line,
        message: `"${entry.feature.title}" has the field ${field.key} a second time, which is not read`,
        remedy: "Remove one of the two.",
      })),
      ...(issue === undefined ? [] : blockerProblems(text, entry, issue)),
    ];
  });
}

function statusProblem({ feature, fields }: Entry): SourceProblem {
  const field = fields.known.get("status");
  return {
    line: field?.line ?? feature.line,
    message: `"${feature.title}" has ${field ? "an empty Status" : "no Status"}, so it is not listed`,
    remedy: field
      ? "Write its state behind `- **Status:**`, for example `planned`."
      : "Add a line `- **Status:** planned` below its heading.",
  };
}

function duplicateProblem(entry: Entry, firstLines: Map<string, number>): readonly SourceProblem[] {
  const { feature, externalId, id } = entry;
  const key = externalId ?? titleId(feature.title);
  const first = firstLines.get(key);
  if (first === undefined) {
    firstLines.set(key, feature.line);
    return [];
  }
  const shared = externalId === null ? "title" : `External-ID ${externalId}`;
  return [
    {
      line: feature.line,
      message: `"${feature.title}" has the same ${shared} as the feature on line ${first}; its id is ${id}, by its order in the file`,
      remedy:
        externalId === null
          ? "Give one of them another title, or each an External-ID."
          : "Give one of them another External-ID.",
    },
  ];
}

/** Of features that still wait to start: elsewhere a blocker means nothing any more. */
function blockerProblems(text: string, entry: Entry, issue: Issue): readonly SourceProblem[] {
  const { feature, fields } = entry;
  const field = fields.known.get("blockers");
  if (field === undefined || entry.status?.kind !== "unstarted") return [];
  const problems: SourceProblem[] = issue.blockedBy
    .filter((blocker) => blocker.id === null)
    .map(({ identifier }) => ({
      line: field.line,
      message: `"${feature.title}" is blocked by ${JSON.stringify(identifier)}, which names no feature of this file`,
      remedy: "Name a feature by its title, slug or External-ID, or remove that part.",
    }));
  if (issue.blockedBy.length === 0 && !isEmptyBlockers(valueOf(text, field))) {
    problems.push({
      line: field.line,
      message: `"${feature.title}" names itself as its blocker, which is ignored`,
      remedy: "Remove it from its own blockers.",
    });
  }
  return problems;
}
