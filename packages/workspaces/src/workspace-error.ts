import { SignalboxError } from "@signalbox/contracts";
import type { WorkspaceErrorCode } from "@signalbox/contracts";
import { GitFailure } from "./git.ts";

/** What git or the file system reported, as an error of this package; every other error stays what it is. */
export function workspaceError(code: WorkspaceErrorCode, what: string, error: unknown): unknown {
  if (!(error instanceof GitFailure) && !isFileSystemError(error)) return error;
  const said = error instanceof GitFailure ? error.output : error.message;
  return new SignalboxError(code, `${what}: ${error.message}`, {
    retryable: true,
    remedy: remedyFor(said),
    cause: error,
  });
}

function isFileSystemError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && "syscall" in error;
}

function remedyFor(said: string): string {
  if (/no space left|disk quota/i.test(said)) {
    return "Free space on the disks of the state folder and of the workspaces.";
  }
  if (/spawn git ENOENT/.test(said)) return "Install git 2.31 or later and put it on PATH.";
  if (/dubious ownership/.test(said)) {
    return "Run the daemon as the owner of the repository, or add it to git's safe.directory.";
  }
  if (/could not read (?:username|password)|permission denied|authentication/i.test(said)) {
    return "Give the daemon's user access: to the files, or a credential helper or ssh key that needs no prompt.";
  }
  return "Try that operation by hand, and repair what it complains about.";
}
