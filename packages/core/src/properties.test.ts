import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { type Step, walk } from "./__fixtures__/walk.ts";
import { claimDueAt } from "./evolve/standing.ts";
import {
  type DecidedEvent,
  type OrchestratorState,
  type Reason,
  evolve,
  evolveAll,
  explainEligibility,
  hashState,
  restoreState,
  snapshotOf,
} from "./index.ts";

const seeds = fc.array(fc.nat(), { minLength: 1, maxLength: 150, size: "max" });

/** Walks many ways; each step may return what is wrong. `null`: nothing ever was; else a report with the seeds. */
function counterexample(
  visit: (step: Step) => readonly string[],
  finish: (state: OrchestratorState) => readonly string[] = () => [],
  numRuns = 60,
): string | null {
  const law = fc.property(seeds, (path) => {
    const problems: string[] = [];
    const last = walk(path, (step) => problems.push(...visit(step)));
    problems.push(...finish(last));
    if (problems.length > 0) throw new Error(problems.join("\n"));
  });
  return fc.defaultReportMessage(fc.check(law, { numRuns })) ?? null;
}

/** The index in plain text: what has to follow from the rest of the state. */
function indexText({ index }: OrchestratorState): string {
  return JSON.stringify({
    ready: [...index.ready.entries()]
      .filter(([, queue]) => queue.size > 0)
      .map(([name, queue]) => [name, [...queue.keys()].map(({ id }) => id)]),
    readyCount: index.readyCount,
    running: index.running,
    finishing: index.finishing,
    runningByState: [...index.runningByState.entries()],
    transitions: [...index.transitions.entries()],
    marks: [...index.marks.entries()],
    dependents: [...index.dependents.entries()].map(([id, waiting]) => [id, waiting.toSorted()]),
    timers: [...index.timers.keys()],
  });
}

describe("for any sequence of inputs", () => {
  it("R-427 an issue is in exactly one phase, and every index agrees with it", () => {
    const found = counterexample(({ transition: { state } }) => {
      const problems: string[] = [];
      const rebuilt = indexText(restoreState(snapshotOf(state)));
      if (indexText(state) !== rebuilt) problems.push(`${indexText(state)} is not ${rebuilt}`);
      const runIds = new Set<string>();
      for (const [issueId, claim] of state.claims.entries()) {
        if (!state.issues.has(issueId)) problems.push(`${issueId} is claimed and not known`);
        if (claim.phase !== "running") continue;
        if (runIds.has(claim.runId)) problems.push(`${claim.runId} runs twice`);
        runIds.add(claim.runId);
      }
      return problems;
    });
    expect(found).toBeNull();
  });

  it("R-404 R-427 a claim is given only to an issue that has none, and each run starts once", () => {
    const started = new Set<string>();
    const found = counterexample(
      ({ before, transition }) => {
        const problems: string[] = [];
        let state = before;
        for (const fact of transition.decided) {
          if (fact.type === "run-claimed") {
            const phase = state.claims.get(fact.issueId)?.phase ?? "none";
            if (phase !== "none" && phase !== "retrying")
              problems.push(`${fact.runId} was claimed while ${phase}`);
          }
          state = evolve(state, fact);
        }
        for (const effect of transition.effects) {
          if (effect.type !== "start-run") continue;
          if (started.has(effect.runId)) problems.push(`${effect.runId} was started twice`);
          started.add(effect.runId);
        }
        return problems;
      },
      () => {
        started.clear();
        return [];
      },
    );
    expect(found).toBeNull();
  });

  it("R-419 R-713 what waits for a time has one timer, never a late one", () => {
    const found = counterexample(({ transition: { state } }) => {
      const problems: string[] = [];
      const timers = [...state.index.timers.keys()];
      for (const [subject, id, dueAt] of waitingFor(state)) {
        const own = timers.filter((timer) => timer.subject === subject && timer.id === id);
        if (own.length !== 1 || (own[0]?.dueAt ?? Infinity) > dueAt)
          problems.push(
            `${id} is due at ${dueAt}, its timers at ${own.map((timer) => timer.dueAt).join()}`,
          );
      }
      if (timers.length !== waitingFor(state).length) problems.push("a timer of nobody");
      return problems;
    });
    expect(found).toBeNull();
  });

  it("R-701 the journalled facts alone give the live state", () => {
    let replayed: OrchestratorState | null = null;
    const found = counterexample(
      ({ before, transition }) => {
        const facts: readonly DecidedEvent[] = JSON.parse(JSON.stringify(transition.decided));
        const oneByOne = facts.reduce(evolve, replayed ?? before);
        replayed = evolveAll(replayed ?? before, facts);
        return hashState(replayed) === hashState(oneByOne) ? [] : ["together gives another state"];
      },
      (live) => {
        const copy = replayed ?? live;
        replayed = null;
        const restored = restoreState(JSON.parse(JSON.stringify(snapshotOf(live))));
        return [
          ...(hashState(copy) === hashState(live) ? [] : ["the replayed state is another"]),
          ...(indexText(copy) === indexText(live) ? [] : ["the replayed index is another"]),
          ...(hashState(restored) === hashState(live) ? [] : ["the restored state is another"]),
        ];
      },
    );
    expect(found).toBeNull();
  });

  it("R-405 R-406 no run is claimed over a cap, and none is started over its state's", () => {
    const found = counterexample(({ before, transition }) => {
      const problems: string[] = [];
      let state = before;
      for (const fact of transition.decided) {
        state = evolve(state, fact);
        if (fact.type !== "run-claimed" && fact.type !== "run-confirmed") continue;
        const { claims, policy, issues } = state;
        const name = issues.get(fact.issueId)?.state ?? "";
        const running = [...claims.entries()].filter(([, claim]) => claim.phase === "running");
        const alive = running.filter(
          ([, claim]) => claim.phase === "running" && claim.runPhase !== "finishing",
        );
        const there = alive.filter(([id]) => issues.get(id)?.state === name).length;
        if (there > (policy.maxConcurrentAgentsByState[name] ?? Infinity))
          problems.push(`${there} runs in ${name}`);
        if (fact.type !== "run-claimed") continue;
        if (alive.length > policy.maxConcurrentAgents) problems.push(`${alive.length} agents`);
        if (running.length > 2 * policy.maxConcurrentAgents)
          problems.push(`${running.length} runs`);
      }
      return problems;
    });
    expect(found).toBeNull();
  });

  it("R-437 an issue without a reason does not wait, and one with a reason is not dispatched", () => {
    const found = counterexample(({ before, event, transition }) => {
      const problems: string[] = [];
      let state = before;
      for (const fact of transition.decided) {
        const issue = fact.type === "run-claimed" ? state.issues.get(fact.issueId) : undefined;
        const reasons =
          issue === undefined ? [] : explainEligibility(issue, state, event.at).map(codeOf);
        if (reasons.length > 0) problems.push(`${issue?.id} runs in spite of ${reasons.join()}`);
        state = evolve(state, fact);
      }
      for (const issue of transition.state.issues.values()) {
        if (explainEligibility(issue, transition.state, event.at).length === 0)
          problems.push(`${issue.id} waits for no reason`);
      }
      return problems;
    });
    expect(found).toBeNull();
  });

  it("the state that was given stays as it was, and comes back where nothing was decided", () => {
    const kept: { state: OrchestratorState; hash: string; index: string }[] = [];
    const found = counterexample(
      ({ before, transition: { state, decided } }) => {
        kept.push({ state, hash: hashState(state), index: indexText(state) });
        return decided.length === 0 && state !== before ? ["another state for no reason"] : [];
      },
      () =>
        kept
          .splice(0)
          .filter(
            ({ state, hash, index }) => hashState(state) !== hash || indexText(state) !== index,
          )
          .map(({ hash }) => `state ${hash} was changed`),
      20,
    );
    expect(found).toBeNull();
  });

  it("facts and effects are plain JSON", () => {
    const found = counterexample(({ transition: { decided, effects } }) => {
      const given = { decided, effects };
      return isDeepStrictEqual(JSON.parse(JSON.stringify(given)), given) ? [] : ["not JSON"];
    });
    expect(found).toBeNull();
  });
});

/** What time alone does something to, and when. */
function waitingFor({ claims, orders, policy }: OrchestratorState): readonly Waiting[] {
  return [
    ...[...claims.entries()].map(
      ([id, claim]) => ["claim", id, claimDueAt(claim, policy)] as const,
    ),
    ...[...orders.values()].map(({ key, retryAt }) => ["order", key, retryAt] as const),
  ].flatMap(([subject, id, dueAt]): readonly Waiting[] =>
    dueAt === null ? [] : [[subject, id, dueAt]],
  );
}

type Waiting = readonly [subject: "claim" | "order", id: string, dueAt: number];

function codeOf(reason: Reason): string {
  return reason.code;
}
