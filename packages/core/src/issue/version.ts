import type { Issue } from "@signalbox/contracts";
import { normalizeState } from "./normalize-state.ts";
import { TextHash } from "./text-hash.ts";

const contentLength = 8;
const stateLength = 4;

/**
 * 62 bits in 12 base-36 characters: 8 over title, description, labels, blockers and priority, 4 over the state.
 * The two stand apart so that our own state change can be told from somebody's edit. Short enough for the engine to
 * keep it as one flat string.
 */
export function versionOf(issue: Issue): string {
  const content = new TextHash()
    .add(issue.title)
    .add(issue.description ?? "\u0000")
    .add(inOrder(issue.labels).join("\u0000"))
    .add(inOrder(issue.blockedBy.map((blocker) => blocker.id ?? blocker.identifier)).join("\u0000"))
    .add(String(issue.priority));
  const state = new TextHash().add(normalizeState(issue.state));
  return digits(content, contentLength) + digits(state, stateLength);
}

/** `version` as it would be with the state of `other` and everything else as it is. */
export function withStateOf(version: string, other: string): string {
  return version.slice(0, contentLength) + other.slice(contentLength);
}

/** Whether two versions differ in nothing but the state. */
export function hasSameContent(version: string, other: string): boolean {
  return version.slice(0, contentLength) === other.slice(0, contentLength);
}

function digits(hash: TextHash, length: number): string {
  return (hash.digest() % 36 ** length).toString(36).padStart(length, "0");
}

function inOrder(texts: readonly string[]): readonly string[] {
  return texts.length < 2 ? texts : texts.toSorted();
}
