import type { Logger } from "@signalbox/contracts";
import { afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { GithubOptions } from "../github-options.ts";
import { GithubTrackerAdapter } from "../github-tracker.ts";
import { FakeGithub } from "./fake-github.ts";
import type { Inspector } from "./inspector.ts";

export interface Desk {
  readonly github: FakeGithub;
  /** An adapter for the fake, writing without pauses. */
  readonly tracker: (options?: GithubOptions) => GithubTrackerAdapter;
  readonly logged: string[];
  /** Added to the clock that the adapter sees, in milliseconds. */
  clockMs: number;
}

/** A fresh fake for each test of a file. Where it is inspected, all has to be as GitHub describes it. */
export function useDesk({ isInspected = false } = {}): () => Desk {
  let inspector: Inspector | null = null;
  beforeAll(async () => {
    if (isInspected) inspector = new (await import("./inspector.ts")).Inspector();
  }, 60_000);
  let desk: Desk | null = null;
  beforeEach(async () => {
    const github = await FakeGithub.start(inspector);
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
    expect(inspector?.violations.splice(0) ?? []).toEqual([]);
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
