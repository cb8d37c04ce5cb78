import type { DeliveryResult } from "@signalbox/contracts";
import { SignalboxError } from "@signalbox/contracts";
import { GitFailure, GitTimeout } from "./git.ts";

/** A delivery that cannot go on; it ends as a `failed` result. */
export class DeliveryProblem extends Error {
  readonly retryable: boolean;

  constructor(what: string, remedy: string, retryable = false) {
    super(`${what} ${remedy}`);
    this.name = "DeliveryProblem";
    this.retryable = retryable;
  }
}

/** What went wrong outside of this program as a result; any other error is a mistake in it and is thrown again. */
export function failedResult(error: unknown): DeliveryResult {
  if (error instanceof DeliveryProblem) return failed(error.message, error.retryable);
  if (error instanceof GitFailure) {
    return failed(`git: ${error.message}. ${remedyFor(error)}`, isPassing(error));
  }
  if (error instanceof GitTimeout) {
    const remedy = "It is tried again; see why the repository, the network or the disk is so slow.";
    return failed(`${error.message}. ${remedy}`, true);
  }
  if (SignalboxError.isInstance(error)) {
    return failed(`${error.message} ${error.remedy ?? ""}`.trim(), error.retryable);
  }
  if (isSystemError(error)) {
    return failed(`${error.message}. Repair what the system complains about.`, true);
  }
  throw error;
}

function failed(message: string, retryable: boolean): DeliveryResult {
  return { kind: "failed", message, retryable };
}

/** Locks, full disks and networks come back; what git was never allowed or able to do does not. */
function isPassing({ stderr, message }: GitFailure): boolean {
  return !/dubious ownership|not a git repository|ENOENT|unknown (?:option|switch)/i.test(
    `${message}\n${stderr}`,
  );
}

function remedyFor(failure: GitFailure): string {
  const text = `${failure.message}\n${failure.stderr}`;
  if (/no space left|disk quota/i.test(text)) return "Free space on that disk.";
  if (/\.lock': File exists/.test(text)) {
    return "Another git is at work there; when none is, delete that lock file.";
  }
  if (/ENOENT/.test(text)) return "Install git 2.38 or later and put it on PATH.";
  if (/not a git repository/i.test(text)) {
    return "Restore the repository, or name another as workspace.repository.";
  }
  if (/dubious ownership/.test(text)) {
    return "Run the daemon as the owner of the repository, or add it to git's safe.directory.";
  }
  if (/could not read (username|password)|permission denied|authentication/i.test(text)) {
    return "Give git access to the repository: a credential helper or an ssh key that needs no prompt.";
  }
  return "Try the named git operation by hand, and repair what it complains about.";
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}
