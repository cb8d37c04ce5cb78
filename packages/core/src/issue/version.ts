import type { Issue } from "@signalbox/contracts";
import { normalizeState } from "./normalize-state.ts";
import { TextHash } from "./text-hash.ts";

const contentLength = 8;
const stateLength = 4;

/**
 * 60 bits in 12 characters: 8 over title, description, labels, blockers and priority, 4 over the state. The two stand
 * apart so that our own state change can be told from somebody's edit. Short enough for the engine to keep it as one
 * flat string.
 */
export function versionOf(issue: Issue): string {
  const content = new TextHash().add(issue.title).add(issue.description ?? "\u0000");
  for (const label of inOrder(issue.labels)) content.add(label);
  content.add("\u0000");
  for (const blocker of inOrder(issue.blockedBy.map(({ id, identifier }) => id ?? identifier)))
    content.add(blocker);
  content.add(String(issue.priority));
  const state = new TextHash().add(normalizeState(issue.state));
  return content.digest(contentLength) + state.digest(stateLength);
}

/** `version` as it would be with the state of `other` and everything else as it is. */
export function withStateOf(version: string, other: string): string {
  return version.slice(0, contentLength) + other.slice(contentLength);
}

/** Whether two versions differ in nothing but the state. */
export function hasSameContent(version: string, other: string): boolean {
  return version.slice(0, contentLength) === other.slice(0, contentLength);
}

function inOrder(texts: readonly string[]): readonly string[] {
  return texts.length < 2 ? texts : texts.toSorted();
}
