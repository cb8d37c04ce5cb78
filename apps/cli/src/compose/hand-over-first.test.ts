import type { RunHost, RunObserver, RunOrder } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { loadWorkflowConfig } from "@signalbox/workflow";
import { Scratch } from "../__fixtures__/scratch.ts";
import { handOverFirst } from "./hand-over-first.ts";

const observer: RunObserver = {
  onEvent: () => undefined,
  onTurnEnded: async () => ({ kind: "end", reason: "done" }),
};

/** Knows a run from its start on, and ignores stops of others. */
class KnowingHost implements RunHost {
  readonly known = new Set<string>();
  readonly stopped: string[] = [];

  async start({ runId }: RunOrder): Promise<void> {
    this.known.add(runId);
  }

  async stop(runId: string): Promise<void> {
    if (this.known.has(runId)) this.stopped.push(runId);
  }

  async recover(): Promise<"gone"> {
    return "gone";
  }

  async close(): Promise<void> {
    this.known.clear();
  }
}

function orderOf(runId: string, scratch: Scratch): RunOrder {
  return {
    runId,
    epoch: 1,
    endsAfter: null,
    attempt: null,
    retryKind: null,
    feedback: null,
    resumeSessionId: null,
    config: loadWorkflowConfig(undefined, { cwd: scratch.repository, environment: {} }),
    issue: {
      id: "one",
      identifier: "one",
      title: "One",
      description: null,
      priority: null,
      state: "planned",
      stateKind: "unstarted",
      labels: [],
      blockedBy: [],
      assignee: null,
      branchName: null,
      url: null,
      createdAt: null,
      updatedAt: null,
      notDispatchable: null,
      nativeRef: {},
    },
  };
}

describe("a run that is started while its workspace is handed over", () => {
  it("R-515 is stopped, when it is known, by what came before", async () => {
    await using scratch = new Scratch("tracker: { kind: memory }\n", []);
    const handedOver = Promise.withResolvers<void>();
    const known = new KnowingHost();
    const host = handOverFirst(known, { handOver: () => handedOver.promise });
    const started = host.start(orderOf("run-1", scratch), observer);
    const stopped = host.stop("run-1", "operator");
    handedOver.resolve();
    await Promise.all([started, stopped]);
    expect(known.stopped).toEqual(["run-1"]);
  });

  it("is not waited for where it could not be started", async () => {
    await using scratch = new Scratch("tracker: { kind: memory }\n", []);
    const known = new KnowingHost();
    const host = handOverFirst(known, {
      handOver: () => Promise.reject(new Error("no such folder")),
    });
    const started = host.start(orderOf("run-1", scratch), observer);
    await Promise.all([
      expect(started).rejects.toThrow("no such folder"),
      expect(host.stop("run-1", "operator")).resolves.toBeUndefined(),
    ]);
    expect(known.stopped).toEqual([]);
  });
});
