import type { Logger } from "@signalbox/contracts";
import { afterEach, beforeEach, expect } from "vitest";
import type { GithubOptions } from "../github-options.ts";
import { GithubTrackerAdapter } from "../github-tracker.ts";
import { FakeGithub } from "./fake-github.ts";

export interface Desk {
  readonly github: FakeGithub;
  /** An adapter for the fake, writing without pauses. */
  tracker(options?: GithubOptions): GithubTrackerAdapter;
  readonly logged: string[];
  /** Added to the clock that the adapter sees, in milliseconds. */
  clockMs: number;
}

/** A fresh fake for each test of a file; after each it is held that all was as GitHub describes it. */
export function useDesk(): () => Desk {
  let desk: Desk | null = null;
  beforeEach(async () => {
    const github = await FakeGithub.start();
    const logged: string[] = [];
    const logger: Logger = { log: (_, message) => logged.push(message) };
    const made: Desk = {
      github,
      logged,
      clockMs: 0,
      tracker: (options = {}) =>
        new GithubTrackerAdapter(
          {
            repository: "tide/tables",
            token: github.token,
            endpoint: github.endpoint,
            writeIntervalMs: 0,
            closedWithinDays: 3_650,
            ...options,
          },
          { logger, now: () => Date.now() + made.clockMs },
        ),
    };
    desk = made;
  });
  afterEach(async () => {
    await desk?.github.close();
    expect(desk?.github.violations).toEqual([]);
  });
  return () => {
    if (desk === null) throw new Error("no desk");
    return desk;
  };
}

/** A signal of its own for each call. */
export function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}
