import type { WorkspaceFingerprint } from "@signalbox/contracts";
import { fence } from "./fence.ts";
import type { PromptVariables } from "./prompt-variables.ts";

/**
 * What an agent is told at the start of a further turn of the same session: go on, and what is still missing as far
 * as `fingerprint` (of the workspace after the last turn) says so. The first prompt is not repeated.
 */
export function continuationPrompt(
  variables: PromptVariables,
  fingerprint: WorkspaceFingerprint | null = null,
): string {
  const parts = [
    "Go on with the issue of this session: it still counts as unfinished. Look at what is done already, do what is missing, and do not begin again.",
  ];
  if (variables.workspace.branch !== null) parts.push(missingCommits(fingerprint));
  if (variables.feedback !== null) {
    parts.push(
      `Keep in mind what came back from the run before this one:\n\n${fence(variables.feedback)}`,
    );
  }
  parts.push(
    "If a person has to decide something before you can go on, say in one sentence what it is, and end.",
  );
  return parts.join("\n\n");
}

function missingCommits(fingerprint: WorkspaceFingerprint | null): string {
  if (fingerprint?.dirty === true) {
    return "There are changes that are not committed: finish them and commit them on the branch that is checked out.";
  }
  if (fingerprint?.commitsAhead === 0) {
    return "Nothing is committed so far: work counts when it is committed on the branch that is checked out.";
  }
  return "Work counts when it is committed on the branch that is checked out.";
}
