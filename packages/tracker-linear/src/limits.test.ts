import { describe, expect, it } from "vitest";
import { LinearWorkspace } from "./__fixtures__/linear-workspace.ts";
import { failureOf } from "./__fixtures__/failure-of.ts";
import type { LinearTrackerAdapter } from "./linear-tracker-adapter.ts";

const never = new AbortController().signal;

const list = (tracker: LinearTrackerAdapter): Promise<unknown> =>
  tracker.fetchIssuesByStates(["Todo"], never);

function inAMinute(): Record<string, string> {
  return {
    "x-ratelimit-requests-remaining": "0",
    "x-ratelimit-requests-reset": String(Date.now() + 60_000),
  };
}

describe("R-321 rate limits", () => {
  it("reach the scheduler, and nothing is asked while they hold", async () => {
    await using linear = await LinearWorkspace.open();
    let now = Date.now();
    const tracker = linear.tracker({}, { now: () => now });
    linear.server.faults.push({ kind: "ratelimited", headers: inAMinute() });
    const failure = await failureOf(list(tracker));
    expect(failure).toMatchObject({ code: "tracker_rate_limited", retryable: true });
    expect(failure.message).toContain("the budget of requests is used up");
    expect(failure.retryAfterMs).toBeGreaterThan(50_000);
    expect(failure.retryAfterMs).toBeLessThanOrEqual(62_000);
    const { length } = linear.server.requests;
    const held = await failureOf(list(tracker));
    expect(held).toMatchObject({ code: "tracker_rate_limited" });
    expect(held.retryAfterMs).toBeGreaterThan(50_000);
    expect(linear.server.requests).toHaveLength(length);
    now += 62_001;
    await list(tracker);
  });

  it("a budget that the last good answer used up holds, too", async () => {
    await using linear = await LinearWorkspace.open();
    linear.server.headers = {
      "x-ratelimit-complexity-remaining": "0",
      "x-ratelimit-complexity-reset": String(Date.now() + 30_000),
    };
    const tracker = linear.tracker();
    await tracker.describe(never);
    const held = await failureOf(list(tracker));
    expect(held.code).toBe("tracker_rate_limited");
    expect(held.message).toContain("complexity");
  });

  it.each([
    [{ "retry-after": "9" }, 9000],
    [
      { "x-ratelimit-requests-remaining": "0", "x-ratelimit-requests-reset": "4102444800000" },
      3_600_000,
    ],
    [{ "retry-after": "99999999999" }, 3_600_000],
    [{ "x-ratelimit-requests-remaining": "0", "x-ratelimit-requests-reset": "soon" }, 60_000],
    [{ "x-ratelimit-requests-remaining": "0", "x-ratelimit-requests-reset": "5" }, 1000],
    [{}, 60_000],
  ])("with the headers %j wait %d ms", async (headers, waitMs) => {
    await using linear = await LinearWorkspace.open();
    linear.server.faults.push({ kind: "ratelimited", headers });
    const failure = await failureOf(list(linear.tracker()));
    expect(failure).toMatchObject({ code: "tracker_rate_limited", retryAfterMs: waitMs });
    expect(failure.message.includes("taken for 60")).toBe(waitMs === 3_600_000);
  });
});

describe("ends", () => {
  it("an aborted signal rejects with its reason, before and while a request runs", async () => {
    await using linear = await LinearWorkspace.open();
    const tracker = linear.tracker();
    await tracker.describe(never);
    const reason = new Error("enough");
    await expect(tracker.fetchIssuesByIds(["a"], AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    linear.server.faults.push({ kind: "hang", lands: false });
    const read = tracker.fetchIssuesByIds(["a"], controller.signal);
    controller.abort(reason);
    await expect(read).rejects.toBe(reason);
  });

  it("closing ends what runs", async () => {
    await using linear = await LinearWorkspace.open();
    const tracker = linear.tracker();
    await tracker.describe(never);
    linear.server.faults.push({ kind: "hang", lands: false });
    const read = tracker.fetchIssuesByIds(["a"], never);
    await tracker.close();
    await expect(read).rejects.toThrow("closed");
    await expect(tracker.fetchIssuesByIds(["a"], never)).rejects.toThrow("closed");
  });

  it("a reply beyond the size limit is not read to its end", async () => {
    await using linear = await LinearWorkspace.open();
    let sent = 0;
    const chunk = new Uint8Array(1024 * 1024).fill(32);
    const endless = (): Promise<Response> =>
      Promise.resolve(
        new Response(
          new ReadableStream({
            pull(controller) {
              sent += chunk.byteLength;
              if (sent > 80 * 1024 * 1024) controller.close();
              else controller.enqueue(chunk);
            },
          }),
          { headers: { "content-type": "application/json" } },
        ),
      );
    const failure = await failureOf(list(linear.tracker({}, { fetch: endless })));
    expect(failure).toMatchObject({ code: "tracker_payload" });
    expect(sent).toBeLessThan(70 * 1024 * 1024);
  });

  it("nobody else sees the fetch that the SDK is lent", async () => {
    await using linear = await LinearWorkspace.open();
    const before = globalThis.fetch;
    const seen: unknown[] = [];
    const tracker = linear.tracker({}, { fetch: (...given) => before(...given) });
    const read = tracker.describe(never);
    const watch = setInterval(() => seen.push(globalThis.fetch), 0);
    await read;
    clearInterval(watch);
    const wanted = tracker.describe(never);
    expect(globalThis.fetch).toBe(before);
    await wanted;
    expect(new Set(seen).size).toBeLessThanOrEqual(1);
    expect(globalThis.fetch).toBe(before);
  });
});
