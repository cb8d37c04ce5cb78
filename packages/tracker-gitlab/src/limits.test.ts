import { SignalboxError } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import type { FakeReply } from "./__fixtures__/fake-gitlab.ts";

const desk = useDesk();
const limit = { "ratelimit-limit": "2000", "ratelimit-name": "throttle_authenticated_api" };

async function failure(reply: FakeReply): Promise<SignalboxError> {
  const { gitlab, tracker } = desk();
  gitlab.failNext(/./, () => reply);
  const error = await tracker()
    .fetchIssuesByIds(["1"], soon())
    .catch((thrown: unknown) => thrown);
  if (SignalboxError.isInstance(error)) return error;
  throw new Error(`it ended with ${String(error)}`);
}

function resetIn(seconds: number): string {
  return String(Math.floor(Date.now() / 1_000) + seconds);
}

describe("rate limits", () => {
  it.each([
    [{ "retry-after": "7" }, 7_000, 7_000],
    [{ "ratelimit-reset": resetIn(40) }, 20_000, 42_000],
    [{ "retry-after": "5", "ratelimit-reset": resetIn(40) }, 5_000, 5_000],
    [{ "ratelimit-reset": "30" }, 30_000, 30_000],
    [{ "ratelimit-reset": resetIn(86_400) }, 3_600_000, 3_600_000],
    [{ "ratelimit-reset": resetIn(-40) }, 1_000, 1_000],
    [{}, 60_000, 60_000],
  ])("R-321 429 with %j reaches the scheduler", async (headers, least, most) => {
    const error = await failure({
      status: 429,
      headers: { ...limit, ...headers },
      body: "Retry later\n",
    });
    expect(error).toMatchObject({ code: "tracker_rate_limited", retryable: true });
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(least);
    expect(error.retryAfterMs).toBeLessThanOrEqual(most);
    expect(error.message.includes("clamped")).toBe(most === 3_600_000);
  });

  it("R-321 nothing is asked before a limit is over, and then everything", async () => {
    const { gitlab, tracker, pass } = desk();
    gitlab.project.add({ iid: 1 });
    const adapter = tracker();
    const headers = { ...limit, "retry-after": "30" };
    gitlab.failNext(/./, () => ({ status: 429, headers, body: "Retry later\n" }));
    const read = async (): Promise<number> =>
      (await adapter.fetchIssuesByStates(["todo"], soon())).length;
    const limited = { code: "tracker_rate_limited" };
    await expect(read()).rejects.toMatchObject(limited);
    pass(20_000);
    gitlab.takeRequests();
    await expect(read()).rejects.toMatchObject(limited);
    await expect(adapter.ensureComment("1", { key: "k", body: "b" }, soon())).rejects.toMatchObject(
      limited,
    );
    expect(gitlab.takeRequests()).toEqual([]);
    pass(11_000);
    expect(await read()).toBe(1);
  });

  it("R-321 the last request that is left is not followed by one too many", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    const adapter = tracker({ allowAuthors: "all" });
    const headers = { "ratelimit-remaining": "0", "ratelimit-reset": resetIn(30) };
    gitlab.failNext(/./, (_, land) => ({ ...land(), headers }));
    expect(await adapter.fetchIssuesByIds(["1"], soon())).toHaveLength(1);
    await expect(adapter.fetchIssuesByIds(["1"], soon())).rejects.toMatchObject({
      code: "tracker_rate_limited",
    });
    expect(gitlab.requests).toHaveLength(1);
  });

  it("R-321 5xx pass Retry-After on", async () => {
    const headers = { "retry-after": "12" };
    expect(await failure({ status: 503, headers, body: "<html>" })).toMatchObject({
      code: "tracker_status",
      retryable: true,
      retryAfterMs: 12_000,
    });
  });
});

describe("requests", () => {
  it("R-325 no error holds the token or the webhook's secret", async () => {
    const { gitlab, tracker } = desk();
    const webhookSecret = "hook/secret value";
    for (const status of [200, 302, 400, 401, 403, 429, 500]) {
      gitlab.failNext(/./, ({ headers }) => {
        const body = { message: `${headers.authorization} ${webhookSecret}`, error: headers };
        return { status, body };
      });
      const error = await tracker({ webhookSecret })
        .fetchIssuesByIds(["1"], soon())
        .catch((thrown: unknown) => thrown);
      expect(SignalboxError.isInstance(error)).toBe(true);
      const told = error instanceof SignalboxError ? `${error.message} ${String(error.cause)}` : "";
      expect(told).not.toContain(gitlab.token);
      expect(told).not.toContain(webhookSecret);
    }
  });

  it("a redirect is not followed: the token stays", async () => {
    const headers = { location: "https://elsewhere.example/api/v4/projects/1" };
    expect(await failure({ status: 301, headers, body: {} })).toMatchObject({
      code: "tracker_config",
      remedy: expect.stringContaining("new path"),
    });
  });
});

describe("writes", () => {
  it("are never sent twice by themselves", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    for (const reply of [{ status: 502 }, { status: 200, isCut: true }]) {
      gitlab.failNext(/^P/, (_, land) => ({ ...land(), ...reply, body: "" }));
      const order = { key: "k", body: `b${reply.status}` };
      await expect(tracker().ensureComment("1", order, soon())).rejects.toMatchObject({
        retryable: true,
      });
    }
    expect(gitlab.requests.filter(({ method }) => method !== "GET")).toHaveLength(2);
    expect(gitlab.project.notes).toHaveLength(1);
  });
});

describe("what is not there", () => {
  it("R-320 issues that this token may not see any more have no end", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    const adapter = tracker();
    await adapter.fetchChanges(null, soon());
    gitlab.project.issuesEnabled = false;
    const hidden = { code: "tracker_config", message: expect.stringContaining("no issues") };
    await expect(adapter.fetchIssuesByIds(["1"], soon())).rejects.toMatchObject(hidden);
    await expect(adapter.fetchChanges(null, soon())).rejects.toMatchObject(hidden);
    await expect(adapter.describe(soon())).rejects.toMatchObject(hidden);
  });

  it("R-320 a project that is not there is tracker_config, a token that is not known tracker_auth", async () => {
    const { gitlab, tracker } = desk();
    const other = tracker({ project: "tide/nothing" });
    await expect(other.fetchIssuesByIds(["1"], soon())).rejects.toMatchObject({
      code: "tracker_config",
      message: expect.stringContaining("tide/nothing"),
    });
    gitlab.token = "another";
    const stale = tracker({ token: "glpat-revoked" });
    await expect(stale.fetchIssuesByIds(["1"], soon())).rejects.toMatchObject({
      code: "tracker_auth",
      retryable: false,
    });
  });
});
