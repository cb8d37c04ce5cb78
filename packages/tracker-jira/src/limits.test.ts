import { SignalboxError } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import type { FakeReply } from "./__fixtures__/fake-jira.ts";

const desk = useDesk();
const quota = { "ratelimit-reason": "jira-quota-tenant-based" };
const limited = { code: "tracker_rate_limited" };

async function failure(reply: FakeReply): Promise<SignalboxError> {
  const { jira, tracker } = desk();
  jira.failNext(/./, () => reply);
  const error = await tracker()
    .fetchIssuesByIds(["1"], soon())
    .catch((thrown: unknown) => thrown);
  if (SignalboxError.isInstance(error)) return error;
  throw new Error(`it ended with ${String(error)}`);
}

function resetIn(seconds: number): string {
  return new Date(Date.now() + seconds * 1_000).toISOString();
}

function limitBy(reason: string): FakeReply {
  const headers = { "ratelimit-reason": reason, "retry-after": "30" };
  return { status: 429, headers, body: {} };
}

describe("rate limits", () => {
  it.each([
    [{ "retry-after": "7" }, 7_000, 7_000],
    [{ "x-ratelimit-reset": resetIn(120) }, 60_000, 121_000],
    [{ "retry-after": "5", "x-ratelimit-reset": resetIn(600) }, 5_000, 5_000],
    [{ "retry-after": "0", "x-ratelimit-interval-seconds": "20" }, 20_000, 20_000],
    [{ "x-ratelimit-reset": resetIn(86_400_000) }, 3_600_000, 3_600_000],
    [{ "x-ratelimit-reset": resetIn(-40) }, 1_000, 1_000],
    [{ "x-ratelimit-reset": "soon" }, 60_000, 60_000],
    [{}, 60_000, 60_000],
  ])("R-321 429 with %j reaches the scheduler", async (headers, least, most) => {
    const error = await failure({ status: 429, headers: { ...quota, ...headers }, body: {} });
    expect(error).toMatchObject({ ...limited, retryable: true });
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(least);
    expect(error.retryAfterMs).toBeLessThanOrEqual(most);
    expect(error.message.includes("clamped")).toBe(most === 3_600_000);
  });

  it("R-321 nothing is asked before a quota is over, and then everything", async () => {
    const { jira, tracker, pass } = desk();
    const { id } = jira.world.add();
    const adapter = tracker();
    const headers = { ...quota, "retry-after": "30" };
    jira.failNext(/search/, () => ({ status: 429, headers, body: {} }));
    const read = async (): Promise<number> =>
      (await adapter.fetchIssuesByStates(["To Do"], soon())).length;
    await expect(read()).rejects.toMatchObject(limited);
    pass(20_000);
    jira.takeRequests();
    await expect(read()).rejects.toMatchObject(limited);
    const order = { key: "k", body: "b" };
    await expect(adapter.ensureComment(id, order, soon())).rejects.toMatchObject(limited);
    expect(jira.takeRequests()).toEqual([]);
    pass(11_000);
    expect(await read()).toBe(1);
  });

  it("R-321 a burst is of one endpoint, and a limit of an issue of that issue", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    const adapter = tracker();
    jira.failNext(/search/, () => limitBy("jira-burst-based"));
    const states = async (): Promise<unknown> => adapter.fetchIssuesByStates(["To Do"], soon());
    await expect(states()).rejects.toMatchObject(limited);
    expect(await adapter.fetchIssuesByIds([id], soon())).toHaveLength(1);
    await expect(states()).rejects.toMatchObject(limited);
    jira.failNext(/^POST .*comment$/, () => limitBy("jira-per-issue-on-write"));
    const order = { key: "k", body: "b" };
    await expect(adapter.ensureComment(id, order, soon())).rejects.toMatchObject(limited);
    await adapter.ensureComment(id, order, soon());
    expect(jira.world.comments).toHaveLength(1);
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

describe("rate limits of a Data Center", () => {
  const center = useDesk("data-center");

  it("R-321 the last request that is left is not followed by one too many", async () => {
    const { jira, tracker } = center();
    const { id } = jira.world.add();
    const adapter = tracker({ allowAuthors: "all" });
    const headers = {
      "x-ratelimit-limit": "100",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-interval-seconds": "30",
      "retry-after": "0",
    };
    jira.failNext(/search/, (_, land) => ({ ...land(), headers }));
    expect(await adapter.fetchIssuesByIds([id], soon())).toHaveLength(1);
    jira.takeRequests();
    await expect(adapter.fetchIssuesByIds([id], soon())).rejects.toMatchObject({
      ...limited,
      retryAfterMs: expect.any(Number),
    });
    expect(jira.takeRequests()).toEqual([]);
  });
});

describe("requests", () => {
  it("R-314 a login page is no answer", async () => {
    const body = "<html><form action='/login'>";
    expect(await failure({ status: 200, body })).toMatchObject({
      code: "tracker_payload",
      remedy: expect.stringContaining("login"),
    });
  });

  it("R-325 no error holds the token, what is made of it, or the webhook's secret", async () => {
    const { jira, tracker } = desk();
    const webhookSecret = "hook/secret value";
    const pair = Buffer.from(`${jira.email}:${jira.token}`).toString("base64");
    for (const status of [200, 302, 400, 401, 403, 429, 500]) {
      jira.failNext(/./, ({ headers }) => {
        const said = `${headers.authorization} ${jira.token} ${webhookSecret}`;
        const errors = { field: `${encodeURIComponent(webhookSecret)} ${pair}` };
        return { status, body: { errorMessages: [said], errors, message: said } };
      });
      const error = await tracker({ webhookSecret })
        .fetchIssuesByIds(["1"], soon())
        .catch((thrown: unknown) => thrown);
      expect(SignalboxError.isInstance(error)).toBe(true);
      const told = error instanceof SignalboxError ? `${error.message} ${String(error.cause)}` : "";
      for (const secret of [jira.token, pair, webhookSecret, encodeURIComponent(webhookSecret)]) {
        expect(told).not.toContain(secret);
      }
    }
  });

  it("a redirect is not followed: the token stays", async () => {
    const headers = { location: "https://elsewhere.example/rest/api/3/myself" };
    expect(await failure({ status: 302, headers, body: {} })).toMatchObject({
      code: "tracker_config",
    });
  });
});

describe("writes", () => {
  it("R-324 are never sent twice by themselves, and found where they had landed", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    for (const reply of [{ status: 502 }, { status: 201, isCut: true }]) {
      jira.failNext(/^P\w+ .*comment(?:\/\d+)?$/, (_, land) => ({ ...land(), ...reply, body: "" }));
      const order = { key: "k", body: `b${reply.status}` };
      await expect(tracker().ensureComment(id, order, soon())).rejects.toMatchObject({
        retryable: true,
      });
    }
    expect(jira.world.comments).toHaveLength(1);
  });
});
