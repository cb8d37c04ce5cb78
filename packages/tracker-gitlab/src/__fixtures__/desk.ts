import type { Logger } from "@signalbox/contracts";
import { afterEach, beforeEach, expect } from "vitest";
import type { GitlabOptions } from "../gitlab-options.ts";
import { GitlabTrackerAdapter } from "../gitlab-tracker.ts";
import { FakeGitlab } from "./fake-gitlab.ts";

export interface Desk {
  readonly gitlab: FakeGitlab;
  /** An adapter for the fake, writing without pauses. */
  readonly tracker: (options?: GitlabOptions) => GitlabTrackerAdapter;
  readonly logged: string[];
  /** Lets time pass, for the adapter and for GitLab. */
  readonly pass: (milliseconds: number) => void;
}

/** A fresh fake for each test of a file. All has to be as GitLab describes it. */
export function useDesk(): () => Desk {
  let desk: Desk | null = null;
  beforeEach(async () => {
    const gitlab = await FakeGitlab.start();
    const logged: string[] = [];
    const logger: Logger = { log: (_, message) => logged.push(message) };
    let passedMs = 0;
    desk = {
      gitlab,
      logged,
      pass: (milliseconds) => {
        passedMs += milliseconds;
        gitlab.project.skewMs += milliseconds;
      },
      tracker: (options = {}) =>
        new GitlabTrackerAdapter(
          {
            project: "tide/tables",
            token: gitlab.token,
            endpoint: gitlab.endpoint,
            writeIntervalMs: 0,
            ...options,
          },
          { logger, now: () => Date.now() + passedMs },
        ),
    };
  });
  afterEach(async () => {
    await desk?.gitlab.close();
    expect(desk?.gitlab.problems ?? []).toEqual([]);
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
