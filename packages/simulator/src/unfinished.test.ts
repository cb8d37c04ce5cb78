import type { Issue } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { configOf } from "./__fixtures__/config.ts";
import { Simulation } from "./simulation.ts";
import { unfinished } from "./unfinished.ts";

const at = 0;

/** A world with one issue that is blocked by another, and a retry of it that is due. */
function worldWithRetry(blockerState: string) {
  const { world } = new Simulation({
    seed: 1,
    issues: 0,
    hours: 1,
    config: configOf(),
    trackerDefaults: { activeStates: ["todo"], terminalStates: ["done"], states: {} },
  });
  const { ledger } = world.auditor;
  const claim = { runId: "run-1", attempt: null, retryKind: null, feedback: null };
  world.tracker.put(issueOf("blocker", { state: blockerState }));
  const blocker = { id: "blocker", identifier: "SIM-0", state: null, stateKind: null };
  world.tracker.put(issueOf("blocked", { blockedBy: [blocker] }));
  const resumeSessionId = null;
  ledger.note({ type: "run-claimed", at, issueId: "blocked", ...claim, resumeSessionId });
  const retry = () => {
    const next = { kind: "failure", attempt: 0, dueAt: 1, error: null, feedback: null } as const;
    ledger.note({ type: "retry-scheduled", at, issueId: "blocked", ...next, resumeSessionId });
    ledger.note({ type: "retry-came-due", at, issueId: "blocked" });
  };
  const confirm = () =>
    ledger.note({ type: "run-confirmed", at, issueId: "blocked", runId: "run-1" });
  const close = () =>
    ledger.note({
      type: "run-closed",
      at,
      issueId: "blocked",
      runId: "run-1",
      outcome: { kind: "stalled", silentMs: 1 },
      progressed: false,
      usage: null,
    });
  return { world, retry, confirm, close };
}

function issueOf(id: string, more: Partial<Issue>): Issue {
  const nothing = { description: null, stateKind: null, priority: null, assignee: null };
  const unknown = { branchName: null, url: null, createdAt: null, updatedAt: null };
  const plain = { identifier: id, title: id, state: "todo", labels: [], blockedBy: [] };
  return { id, ...nothing, ...unknown, ...plain, notDispatchable: null, nativeRef: {}, ...more };
}

describe("what is not finished", () => {
  it("leaves out a retry that waits for an issue which nobody works on", () => {
    const { world, retry } = worldWithRetry("someday");
    retry();
    expect(unfinished(world)).toEqual([]);
  });

  it("names a retry whose blocker is done, and one of an issue that was started before", () => {
    const done = worldWithRetry("done");
    done.retry();
    expect(unfinished(done.world)).toEqual(["blocked"]);
    const started = worldWithRetry("someday");
    started.confirm();
    started.close();
    started.retry();
    expect(unfinished(started.world)).toEqual(["blocked"]);
  });
});
