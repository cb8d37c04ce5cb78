import { describe, expect, it } from "vitest";
import { Line, failed, issue } from "../__fixtures__/line.ts";
import {
  type Policy,
  evolve,
  factForm,
  factsFrom,
  hashState,
  outstandingEffects,
  restoreState,
  snapshotOf,
} from "../index.ts";

const marks: Partial<Policy> = { writes: "full", states: {}, marksClaims: true };
const paused = { type: "gate-closed", gate: { gate: "paused", by: "somebody" } } as const;
const release = { type: "release-requested", issueId: "a", by: "somebody" } as const;
const away = { kind: "failed", message: "503", retryAfterMs: null, retryable: true } as const;
const confirmed = { kind: "confirmed" } as const;

type End = typeof away | typeof confirmed | (Omit<typeof away, "retryable"> & { retryable: false });

function ends(line: Line, key: string, result: End): Line {
  return line.send({ type: "claim-mark-ended", issueId: "a", key, result });
}

/** Claimed, marked, and given back while nothing else may start. */
function released(): Line {
  const line = ends(new Line(marks).starts("a"), "claim-run-1", confirmed).send(paused);
  return line.ends("a", failed()).send(release);
}

describe("the mark of a claim in the tracker", () => {
  it("is ordered when the run is confirmed, and taken away when the claim is given up", () => {
    const line = new Line(marks).sees(issue("a"));
    expect(line.effectTypes()).toEqual(["check-issue"]);
    line.checks("a");
    expect(line.effectTypes()).toEqual(["start-run", "write-claim", "write-comment"]);
    expect(line.effect("write-claim")).toEqual({
      type: "write-claim",
      issueId: "a",
      key: "claim-run-1",
    });
    ends(line, "claim-run-1", confirmed);
    expect(line.fact("order-closed")).toMatchObject({ key: "claim-run-1", result: "confirmed" });
    expect(released().effect("release-claim").key).toBe("release-a-after-1");
  });

  it.each([
    ["the tracker has none", { writes: "full" }],
    ["comments alone are written", { ...marks, writes: "comment" }],
    ["nothing is written", { ...marks, writes: "off" }],
  ] as const)("is not ordered where %s", (_name, policy) => {
    const line = new Line(policy).starts("a").ends("a", failed()).send(paused).send(release);
    expect(line.phase("a")).toBe("none");
    const kinds = [...line.state.orders.values()].map((order) => order.kind);
    expect(kinds.filter((kind) => kind !== "write-comment")).toEqual([]);
  });

  it("R-321 R-424 is tried again after a failure, later each time, and given up after 20", () => {
    const line = released();
    const { key } = line.effect("release-claim");
    ends(line, key, away);
    expect(line.state.orders.get(key)).toMatchObject({ tries: 1, retryAt: line.at + 1_000 });
    expect(line.passes(999).effectTypes()).toEqual([]);
    expect(line.passes(1).effect("release-claim").key).toBe(key);
    let tries = 1;
    for (; line.state.orders.has(key); tries += 1) {
      ends(line, key, away);
      line.passes(300_000);
    }
    expect(tries).toBe(20);
  });

  it("is given up at once where the tracker refuses, and gone with an issue that is gone", () => {
    const line = released();
    ends(line, "release-a-after-1", { ...away, retryable: false });
    expect(line.fact("order-closed")).toMatchObject({ result: "dropped", detail: "503" });
    const gone = ends(new Line(marks).starts("a"), "claim-run-1", confirmed);
    gone.ends("a", failed()).send(paused);
    gone.send({ type: "issues-refreshed", requestedIds: ["a"], issues: [] });
    ends(gone, gone.effect("release-claim").key, { ...away, retryable: false });
    expect(gone.fact("order-closed").result).toBe("confirmed");
  });

  it("a release supersedes a mark that is not set yet, a mark a release; a late end changes nothing", () => {
    const line = ends(new Line(marks).starts("a"), "claim-run-1", away).send(paused);
    line.ends("a", failed()).send(release);
    expect(line.fact("order-closed")).toMatchObject({ key: "claim-run-1", result: "superseded" });
    expect(line.effect("release-claim").key).toBe("release-a-after-1");
    const { state } = line;
    expect(ends(line, "claim-run-1", confirmed).state).toBe(state);
    line.send({ type: "gate-opened", gate: "paused" }).checks("a");
    expect(line.fact("order-closed")).toMatchObject({ key: "release-a-after-1" });
    expect(line.effect("write-claim").key).toBe("claim-run-2");
    expect([...line.state.index.marks.entries()]).toEqual([["a", "claim-run-2"]]);
  });

  it("R-424 R-701 one that was not confirmed is taken up after a replay and out of a snapshot", () => {
    const first = new Line(marks);
    let replayed = first.state;
    const follow = (): void => {
      const kept: unknown = JSON.parse(JSON.stringify(factForm(first.decided)));
      for (const fact of factsFrom(kept, 3, first.at) ?? []) replayed = evolve(replayed, fact);
    };
    first.sees(issue("a"));
    follow();
    first.checks("a");
    follow();
    expect(hashState(replayed)).toBe(hashState(first.state));
    const mark = { type: "write-claim", issueId: "a", key: "claim-run-1" };
    expect(outstandingEffects(replayed)).toContainEqual(mark);
    const restored = restoreState(JSON.parse(JSON.stringify(snapshotOf(first.state))));
    expect(outstandingEffects(restored)).toContainEqual(mark);
    expect(restored.index.marks.get("a")).toBe("claim-run-1");
  });
});
