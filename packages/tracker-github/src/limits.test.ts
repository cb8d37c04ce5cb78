import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import { rateLimitOf, usedUpMs } from "./rate-limit.ts";

const desk = useDesk();
const now = Date.parse("2026-01-05T08:00:00Z");
const resetIn = (seconds: number): string => String(now / 1_000 + seconds);

describe("rateLimitOf", () => {
  it.each([
    {
      title: "a primary limit waits for its reset",
      reply: {
        status: 403,
        headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": resetIn(90) },
      },
      limit: { kind: "primary", waitMs: 91_000, isClamped: false },
    },
    {
      title: "a secondary limit waits as told",
      reply: { status: 403, headers: { "retry-after": "30" }, message: "secondary rate limit" },
      limit: { kind: "secondary", waitMs: 30_000, isClamped: false },
    },
    {
      title: "a secondary limit without a time waits a minute",
      reply: { status: 403, headers: {}, message: "You have exceeded a secondary rate limit" },
      limit: { kind: "secondary", waitMs: 60_000, isClamped: false },
    },
    {
      title: "an absurd reset is an hour",
      reply: {
        status: 429,
        headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999" },
      },
      limit: { kind: "primary", waitMs: 3_600_000, isClamped: true },
    },
    {
      title: "a reset that is over is a second",
      reply: {
        status: 403,
        headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": resetIn(-90) },
      },
      limit: { kind: "primary", waitMs: 1_000, isClamped: false },
    },
    {
      title: "a reset is compared with GitHub's clock",
      reply: {
        status: 403,
        headers: {
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": resetIn(-7_110),
          date: "Mon, 05 Jan 2026 06:00:00 GMT",
        },
      },
      limit: { kind: "primary", waitMs: 91_000, isClamped: false },
    },
    {
      title: "a refusal is none",
      reply: { status: 403, headers: {}, message: "Forbidden" },
      limit: null,
    },
    {
      title: "a failure is none",
      reply: { status: 500, headers: { "retry-after": "3" } },
      limit: null,
    },
  ])("R-321 $title", ({ reply, limit }) => {
    const found = rateLimitOf({ message: "", ...reply }, now);
    expect(found === null ? null : { ...found, scope: "account" }).toEqual(
      limit && { ...limit, scope: "account" },
    );
  });

  it("R-321 of a success is none where its reset cannot be read, and an hour at most", () => {
    expect(usedUpMs({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "x" }, now)).toBe(0);
    expect(usedUpMs({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": resetIn(9e9) }, now)).toBe(
      3_600_000,
    );
  });
});

describe("a limit", () => {
  it("R-321 reaches the scheduler, and nothing is asked before it is over", async () => {
    const { github, tracker } = desk();
    const reset = String(Math.ceil(Date.now() / 1_000) + 120);
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    const body = { message: "API rate limit exceeded for user ID 1." };
    github.failNext(/./, () => ({ status: 403, headers, body }));
    const adapter = tracker();
    for (const _ of [1, 2]) {
      const error = await adapter.fetchChanges(null, soon()).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "tracker_rate_limited", retryable: true });
      const { retryAfterMs: waitMs } = error as { retryAfterMs: number };
      expect(waitMs).toBeGreaterThan(110_000);
      expect(waitMs).toBeLessThan(123_000);
    }
    expect(github.takeRequests()).toHaveLength(1);
    desk().clockMs = 125_000;
    expect(await adapter.fetchChanges(null, soon())).toMatchObject({ kind: "full" });
  });

  it("R-321 that the last successful request used up is kept as well", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const reset = String(Math.ceil(Date.now() / 1_000) + 60);
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    github.failNext(/issues\/1$/, (_, land) => ({ ...land(), headers }));
    const adapter = tracker({ claimLabel: "signalbox" });
    expect(await adapter.fetchIssuesByIds(["1"], soon())).toHaveLength(1);
    const limited = { code: "tracker_rate_limited" };
    await expect(adapter.fetchIssuesByIds(["1"], soon())).rejects.toMatchObject(limited);
    await expect(adapter.claim?.("1", { key: "k" }, soon())).rejects.toMatchObject(limited);
    expect(github.takeRequests()).toHaveLength(1);
  });

  it("R-321 says that an absurd time was clamped", async () => {
    const { github, tracker } = desk();
    github.failNext(/./, () => ({
      status: 429,
      headers: { "retry-after": "999999999" },
      body: {},
    }));
    await expect(tracker().fetchChanges(null, soon())).rejects.toMatchObject({
      code: "tracker_rate_limited",
      retryAfterMs: 3_600_000,
      message: expect.stringContaining("clamped to an hour"),
    });
  });

  it("R-321 Retry-After of a failure reaches the scheduler", async () => {
    const { github, tracker } = desk();
    github.failNext(/./, () => ({ status: 503, headers: { "retry-after": "7" }, body: {} }));
    await expect(tracker().fetchChanges(null, soon())).rejects.toMatchObject({
      code: "tracker_status",
      retryable: true,
      retryAfterMs: 7_000,
    });
  });
});

describe("writes", () => {
  it("go out one by one, at a distance, and a waiting one can be given up", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker({ writeIntervalMs: 400, claimLabel: "signalbox" });
    let atOnce = 0;
    let most = 0;
    github.fault = ({ method }, land) => {
      if (method !== "POST") return null;
      atOnce += 1;
      most = Math.max(most, atOnce);
      const reply = land();
      setImmediate(() => {
        atOnce -= 1;
      });
      return reply;
    };
    const claim = (signal: AbortSignal): Promise<void> | undefined =>
      adapter.claim?.("1", { key: "k" }, signal);
    const from = performance.now();
    const first = claim(soon());
    const second = claim(soon());
    const given = new AbortController();
    const third = claim(given.signal);
    await first;
    given.abort(new Error("drained"));
    await expect(third).rejects.toThrow("drained");
    expect(github.repository.issues.get(1)?.labels).toContain("signalbox");
    await second;
    expect(performance.now() - from).toBeGreaterThan(390);
    expect(most).toBe(1);
    expect(github.takeRequests()).toHaveLength(2);
  });

  it("can be given up while they wait for their time", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker({ writeIntervalMs: 60_000, claimLabel: "signalbox" });
    await adapter.claim?.("1", { key: "k" }, soon());
    const given = new AbortController();
    const second = adapter.claim?.("1", { key: "k" }, given.signal);
    setImmediate(() => given.abort(new Error("drained")));
    await expect(second).rejects.toThrow("drained");
    expect(github.takeRequests()).toHaveLength(1);
  });
});
