import type { StateSource } from "./state-source.ts";

/** Nothing but open and closed. */
export class OpenClosedStates implements StateSource {
  readonly isBesideIssues: boolean = false;
  readonly unnamed: string = "open";
  readonly remedy: string =
    "Leave the key out of `tracker.states`, or read states from labels: `state_source: labels`.";

  async refresh(): Promise<void> {
    // Everything is in the issue.
  }

  stateOf(): null {
    return null;
  }

  async names(): Promise<readonly string[]> {
    return [this.unnamed];
  }

  async set(): Promise<void> {
    // Opening the issue is all.
  }

  async clear(): Promise<void> {
    // There is nothing to take away.
  }

  isOwnLabel(): boolean {
    return false;
  }
}
