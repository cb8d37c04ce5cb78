import { createHash } from "node:crypto";

/** A key has at most this many characters, so that paths and ref names below it stay short. */
const longestKey = 64;
const digestLength = 16;
const longestStem = longestKey - digestLength - 1;

/** What a changed key ends with. An identifier that ends like this by itself is changed too, so keys never meet. */
const digestEnding = /-[0-9a-f]{16}$/;
const plain = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
/** git refuses these as a part of a branch name. */
const refusedByGit = /\.\.|\.$|\.lock$/i;

/**
 * The name of an issue's workspace: its folder, and the last part of its branch `signalbox/<key>`.
 * An identifier of up to 64 characters of `[A-Za-z0-9._-]` that is safe as both stays as it is; any other one is
 * cleaned and ends with a 64-bit hash of the original. Two identifiers never share a key. Upper and lower case are
 * told apart; on a disk that does not, `WorkspaceManager` refuses the second of such a pair.
 */
export function workspaceKey(identifier: string): string {
  if (isUnchanged(identifier)) return identifier;
  // UTF-16, because UTF-8 writes every lone surrogate the same.
  const digest = createHash("sha256").update(identifier, "utf16le").digest("hex");
  const stem = identifier
    .slice(0, longestStem)
    .replaceAll(/[^A-Za-z0-9._-]/g, "_")
    .replaceAll(/\.{2,}/g, "_")
    .replace(/^[.-]/, "_");
  return `${stem === "" ? "_" : stem}-${digest.slice(0, digestLength)}`;
}

/** Whether this can be the key of a workspace: the last check before a path is made of it. */
export function isWorkspaceKey(key: string): boolean {
  return key.length <= longestKey && plain.test(key) && !refusedByGit.test(key);
}

function isUnchanged(identifier: string): boolean {
  return isWorkspaceKey(identifier) && !digestEnding.test(identifier);
}
