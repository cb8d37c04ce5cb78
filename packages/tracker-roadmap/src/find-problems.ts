import type { Issue, TrackerProblem } from "@signalbox/contracts";
import { isEmptyBlockers } from "./blocker-text.ts";
import type { FeatureNames } from "./feature-names.ts";
import type { Feature, PlacedFeature } from "./feature.ts";
import type { Scan } from "./scan.ts";
import type { SourceProblem } from "./source-problem.ts";
import { linesFrom } from "./text-line.ts";

const maxProblems = 200;

/** What a person should mend in the file, in the order of its lines. `issues` are by position. */
export function findProblems(
  scan: Scan,
  names: FeatureNames,
  issues: readonly (Issue | null)[],
  file: string,
): readonly TrackerProblem[] {
  const problems: SourceProblem[] = [...scan.problems];
  for (const [index, place] of scan.features.entries()) {
    const issue = issues[index] ?? null;
    const { externalId, titleId, repeated, blockers } = place.feature;
    if (names.ids[index] !== (externalId ?? titleId)) {
      problems.push(duplicateProblem(scan, names, place, index));
    }
    for (const field of repeated) problems.push(repeatedProblem(place, field));
    if (issue === null) problems.push(statusProblem(place));
    else if (blockers !== "" && issue.stateKind === "unstarted") {
      problems.push(...blockerProblems(place, issue));
    }
  }
  if (scan.features.length === 0) {
    problems.push({
      line: 1,
      message: "no feature found",
      remedy: "Start each one with a heading `### Title`.",
    });
  }
  return bounded(problems.toSorted((one, other) => one.line - other.line)).map(
    ({ line, message, remedy }) => ({ where: `${file}:${line}`, message, remedy }),
  );
}

function bounded(problems: readonly SourceProblem[]): readonly SourceProblem[] {
  const next = problems[maxProblems];
  if (next === undefined) return problems;
  const message = `${problems.length - maxProblems} more problems from here on`;
  const rest = { line: next.line, message, remedy: "Mend those above first." };
  return [...problems.slice(0, maxProblems), rest];
}

function duplicateProblem(
  scan: Scan,
  names: FeatureNames,
  { feature, line }: PlacedFeature,
  index: number,
): SourceProblem {
  const { externalId, titleId } = feature;
  const first = scan.features[names.indexById.get(externalId ?? titleId) ?? index];
  const what = externalId === null ? "title" : `External-ID ${externalId}`;
  return {
    line,
    message: `"${feature.title}" has the same ${what} as the feature on line ${first?.line}; its id is ${names.ids[index]}, by its order in the file`,
    remedy:
      externalId === null
        ? "Give one of them another title, or each an External-ID."
        : "Give one of them another External-ID.",
  };
}

function repeatedProblem(
  { feature, line }: PlacedFeature,
  field: Feature["repeated"][number],
): SourceProblem {
  return {
    line: line + field.row,
    message: `"${feature.title}" has another field ${field.key}, which is not read`,
    remedy: "Remove one of the two.",
  };
}

function statusProblem({ feature, line }: PlacedFeature): SourceProblem {
  const { statusField, title } = feature;
  if (statusField !== null) {
    return {
      line: line + statusField.row,
      message: `the Status of "${title}" is empty, so it is not listed`,
      remedy: "Write its state behind `- **Status:**`, for example `planned`.",
    };
  }
  const row = rowLikeStatus(feature);
  return row === null
    ? {
        line,
        message: `"${title}" has no Status, so it is not listed`,
        remedy: "Add a line `- **Status:** planned` below its heading.",
      }
    : {
        line: line + row,
        message: `this line looks like the Status of "${title}", but is not written as a field, so it is not listed`,
        remedy: "Write it as a list item with its key in bold: `- **Status:** planned`.",
      };
}

const likeStatus = /^\s*(?:[-*+]\s+)?(?:[*_`]{1,3}status[*_`:]|status\s*[:=])/i;
/** It bounds what the pattern has to look at. */
const maxStatusColumns = 100;

/** The row of a line that a person may have meant as the Status; 0 is the heading's line. */
function rowLikeStatus({ source }: Feature): number | null {
  let row = 0;
  for (const { start, end } of linesFrom(source, 0)) {
    if (likeStatus.test(source.slice(start, Math.min(end, start + maxStatusColumns)))) return row;
    row += 1;
  }
  return null;
}

/** Of a feature that waits to start: later a blocker means nothing any more. */
function blockerProblems(
  { feature, line }: PlacedFeature,
  { blockedBy }: Issue,
): readonly SourceProblem[] {
  const at = line + feature.blockersRow;
  const problems = blockedBy
    .filter(({ id }) => id === null)
    .map(({ identifier }) => ({
      line: at,
      message: `"${feature.title}" is blocked by ${JSON.stringify(identifier)}, which names no feature of this file`,
      remedy: "Name a feature by its title, slug or External-ID, or remove that part.",
    }));
  if (blockedBy.length === 0 && !isEmptyBlockers(feature.blockers)) {
    problems.push({
      line: at,
      message: `"${feature.title}" names only itself as its blocker, which is ignored`,
      remedy: "Remove it from its own blockers.",
    });
  }
  return problems;
}
