import { describe, expect, it } from "vitest";
import { apiFailureOf } from "./api-failure.ts";
import { rateLimitsOf } from "./rate-limits.ts";

const now = Date.parse("2026-11-22T12:00:00Z");

describe("apiFailureOf", () => {
  it.each([
    [{ status: 401, type: "authentication_error" }, "auth"],
    [{ status: 403, type: "permission_error" }, "auth"],
    [{ status: 402, type: "billing_error" }, "billing"],
    [
      { status: 400, type: "invalid_request_error", apiMessage: "Your credit balance is too low" },
      "billing",
    ],
    [{ status: 404, type: "not_found_error" }, "setup"],
    [{ status: 529, type: "overloaded_error" }, "overloaded"],
    [{ type: "overloaded_error" }, "overloaded"],
    [{ status: 500 }, "transport"],
    [{ status: 408 }, "transport"],
    [{ status: 422 }, "agent-error"],
    ["a text", "transport"],
    [null, "transport"],
    [{ status: "odd", headers: "odd", message: 3 }, "transport"],
  ])("R-513 tells %j by its kind", (error, code) => {
    expect(apiFailureOf(error, now)).toMatchObject({ kind: "failed", code });
  });

  it.each([
    { status: 413 },
    { status: 400, apiMessage: "prompt is too long: 208310 tokens > 200000 maximum" },
    { status: 400, apiMessage: "input length and max_tokens exceed the context limit" },
  ])("R-513 %j is a prompt that is too long", (error) => {
    expect(apiFailureOf(error, now)).toMatchObject({ kind: "too-long" });
  });

  it("clips what a server says, and keeps it on one line", () => {
    const failure = apiFailureOf({ status: 500, apiMessage: `a\n${"b".repeat(10_000)}` }, now);
    expect("message" in failure && failure.message.length).toBeLessThan(600);
    expect("message" in failure && failure.message).not.toContain("\n");
  });
});

describe("rateLimitsOf", () => {
  it("takes the limit that is nearest", () => {
    const headers = new Headers({
      "anthropic-ratelimit-requests-limit": "50",
      "anthropic-ratelimit-requests-remaining": "40",
      "anthropic-ratelimit-requests-reset": "2026-11-22T12:00:10Z",
      "anthropic-ratelimit-input-tokens-limit": "1000",
      "anthropic-ratelimit-input-tokens-remaining": "0",
      "anthropic-ratelimit-input-tokens-reset": "2026-11-22T12:00:30Z",
    });
    expect(rateLimitsOf(headers, now)).toEqual({
      usedPercent: 100,
      resetsAt: now + 30_000,
      isUsedUp: false,
      retryAfterMs: null,
    });
  });

  it.each([
    [{ "retry-after": "3" }, 3_000],
    [{ "retry-after-ms": "250", "retry-after": "3" }, 250],
    [{ "retry-after": "Sun, 22 Nov 2026 12:00:05 GMT" }, 5_000],
    [{ "retry-after": "-5" }, 0],
    [{ "retry-after": "soon" }, null],
    [{}, null],
  ])("reads how long to wait from %j", (headers, retryAfterMs) => {
    expect(rateLimitsOf(new Headers(headers), now).retryAfterMs).toBe(retryAfterMs);
  });

  it("knows when a plan is used up, and until when", () => {
    const headers = new Headers({
      "anthropic-ratelimit-unified-status": "rejected",
      "anthropic-ratelimit-unified-reset": String(now / 1_000 + 60),
      "anthropic-ratelimit-unified-5h-utilization": "1.02",
    });
    expect(rateLimitsOf(headers, now)).toMatchObject({
      usedPercent: 100,
      resetsAt: now + 60_000,
      isUsedUp: true,
    });
  });
});
