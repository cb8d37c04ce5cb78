import type { Issue, TrackerProblem } from "@signalbox/contracts";
import { isEmptyBlockers } from "./blocker-text.ts";
import type { FeatureList } from "./feature-list.ts";
import type { FeatureNames } from "./feature-names.ts";
import type { Feature, PlacedFeature } from "./feature.ts";
import { LineCursor } from "./line-cursor.ts";
import type { FileProblem } from "./source-problem.ts";

const maxProblems = 200;

/** What a person should mend in the file, in the order of its lines. `issues` are by position. */
export function findProblems(
  { name, features, sourceProblems }: FeatureList,
  names: FeatureNames,
  issues: readonly (Issue | null)[],
): readonly TrackerProblem[] {
  const problems: FileProblem[] = [...sourceProblems];
  for (let index = 0; index < features.length; index += 1) {
    const place = features[index];
    if (place === undefined) break;
    const issue = issues[index] ?? null;
    const { id, repeated, blockers } = place.feature;
    if (names.ids[index] !== id) problems.push(duplicateProblem(features, names, place, index));
    for (const field of repeated) problems.push(repeatedProblem(place, field));
    if (issue === null) problems.push(statusProblem(place));
    else if (blockers !== "" && issue.stateKind === "unstarted") {
      problems.push(...blockerProblems(place, issue));
    }
  }
  if (features.length === 0) {
    problems.push({
      file: name,
      line: 1,
      message: "no feature found",
      remedy: "Start each one with a heading `### Title`.",
    });
  }
  return bounded(problems.toSorted(byPlace)).map(({ file, line, message, remedy }) => ({
    where: `${file}:${line}`,
    message,
    remedy,
  }));
}

function byPlace(one: FileProblem, other: FileProblem): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return one.line - other.line;
}

function bounded(problems: readonly FileProblem[]): readonly FileProblem[] {
  const next = problems[maxProblems];
  if (next === undefined) return problems;
  const message = `${problems.length - maxProblems} more problems from here on`;
  const rest = { file: next.file, line: next.line, message, remedy: "Mend those above first." };
  return [...problems.slice(0, maxProblems), rest];
}

function duplicateProblem(
  features: readonly PlacedFeature[],
  names: FeatureNames,
  { feature, file, line }: PlacedFeature,
  index: number,
): FileProblem {
  const { externalId, id } = feature;
  const first = features[names.indexById.get(id) ?? index];
  const where = first?.file === file ? `line ${first.line}` : `${first?.file}:${first?.line}`;
  const what = externalId === null ? "title" : `External-ID ${externalId}`;
  return {
    file,
    line,
    message: `"${feature.title}" has the same ${what} as the feature on ${where}; its id is ${names.ids[index]}, by its order`,
    remedy:
      externalId === null
        ? "Give one of them another title, or each an External-ID."
        : "Give one of them another External-ID.",
  };
}

function repeatedProblem(
  { feature, file, line }: PlacedFeature,
  field: Feature["repeated"][number],
): FileProblem {
  return {
    file,
    line: line + field.row,
    message: `"${feature.title}" has another field ${field.key}, which is not read`,
    remedy: "Remove one of the two.",
  };
}

function statusProblem({ feature, file, line }: PlacedFeature): FileProblem {
  const { statusField, title } = feature;
  if (statusField !== null) {
    return {
      file,
      line: line + statusField.row,
      message: `the Status of "${title}" is empty, so it is not listed`,
      remedy: "Write its state behind `- **Status:**`, for example `planned`.",
    };
  }
  const row = rowLikeStatus(feature);
  return row === null
    ? {
        file,
        line,
        message: `"${title}" has no Status, so it is not listed`,
        remedy: "Add a line `- **Status:** planned` below its heading.",
      }
    : {
        file,
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
  const line = new LineCursor(source);
  while (line.advance()) {
    const columns = Math.min(line.end, line.start + maxStatusColumns);
    if (likeStatus.test(source.slice(line.start, columns))) return line.row;
  }
  return null;
}

/** Of a feature that waits to start: later a blocker means nothing any more. */
function blockerProblems(
  { feature, file, line }: PlacedFeature,
  { blockedBy }: Issue,
): readonly FileProblem[] {
  const at = line + feature.blockersRow;
  const problems = blockedBy
    .filter(({ id }) => id === null)
    .map(({ identifier }) => ({
      file,
      line: at,
      message: `"${feature.title}" is blocked by ${JSON.stringify(identifier)}, which names no feature of this roadmap`,
      remedy: "Name a feature by its title, slug or External-ID, or remove that part.",
    }));
  if (blockedBy.length === 0 && !isEmptyBlockers(feature.blockers)) {
    problems.push({
      file,
      line: at,
      message: `"${feature.title}" names only itself as its blocker, which is ignored`,
      remedy: "Remove it from its own blockers.",
    });
  }
  return problems;
}
