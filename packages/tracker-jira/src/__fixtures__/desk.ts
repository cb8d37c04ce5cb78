import type { Logger } from "@signalbox/contracts";
import { afterEach, beforeEach, expect } from "vitest";
import type { JiraOptions } from "../jira-options.ts";
import { JiraTrackerAdapter } from "../jira-tracker.ts";
import { FakeJira } from "./fake-jira.ts";
import type { FakeFlavour } from "./fake-world.ts";

export interface Desk {
  readonly jira: FakeJira;
  /** An adapter for the fake, writing without pauses. */
  readonly tracker: (options?: JiraOptions) => JiraTrackerAdapter;
  readonly logged: string[];
  /** Lets time pass, for the adapter and for Jira. */
  readonly pass: (milliseconds: number) => void;
  /** Sets the adapter's clock alone. */
  readonly setBack: (milliseconds: number) => void;
}

/** A fresh fake for each test of a file. All has to be as Jira describes it. */
export function useDesk(flavour: FakeFlavour = "cloud"): () => Desk {
  let desk: Desk | null = null;
  beforeEach(async () => {
    const jira = await FakeJira.start(flavour);
    const logged: string[] = [];
    const logger: Logger = { log: (_, message) => logged.push(message) };
    let passedMs = 0;
    desk = {
      jira,
      logged,
      pass: (milliseconds) => {
        passedMs += milliseconds;
        jira.world.skewMs += milliseconds;
      },
      setBack: (milliseconds) => {
        passedMs -= milliseconds;
      },
      tracker: (options = {}) =>
        new JiraTrackerAdapter(
          {
            project: "TIDE",
            token: jira.token,
            ...(flavour === "cloud" ? { email: jira.email } : {}),
            endpoint: jira.endpoint,
            writeIntervalMs: 0,
            ...options,
          },
          { logger, now: () => Date.now() + passedMs },
        ),
    };
  });
  afterEach(async () => {
    await desk?.jira.close();
    expect(desk?.jira.problems ?? []).toEqual([]);
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
