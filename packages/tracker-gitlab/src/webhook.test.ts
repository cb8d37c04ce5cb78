import type { WebhookReceipt } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

const desk = useDesk();
const secret = "a-secret-of-the-hook";
const project = { id: 7, path_with_namespace: "Tide/tables" };
const issueBody = { object_kind: "issue", project, object_attributes: { iid: 7, id: 301 } };

async function deliver(
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<WebhookReceipt | undefined> {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return send(new TextEncoder().encode(text), headers);
}

async function send(
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<WebhookReceipt | undefined> {
  const all = { "x-gitlab-token": secret, "x-gitlab-event": "Issue Hook", ...headers };
  return desk().tracker({ webhookSecret: secret }).webhook?.({ headers: all, body }, soon());
}

async function keyOf(value: unknown, headers: Readonly<Record<string, string>>): Promise<string> {
  const receipt = await deliver(value, headers);
  return receipt?.kind === "accepted" ? receipt.deliveryKey : "none";
}

describe("webhook", () => {
  it("is not there without a secret", () => {
    expect(desk().tracker().webhook).toBeUndefined();
  });

  it("says which issues to look at, however late it comes, and asks GitLab nothing", async () => {
    const late = {
      ...issueBody,
      object_attributes: { iid: 7, updated_at: "2013-12-03 17:15:43 UTC" },
    };
    expect(await deliver(late)).toMatchObject({ kind: "accepted", issueIds: ["7"], signals: [] });
    const note = { object_kind: "note", project, object_attributes: { id: 9 }, issue: { iid: 3 } };
    const hook = { "x-gitlab-event": "Confidential Note Hook" };
    expect(await deliver(note, hook)).toMatchObject({ issueIds: ["3"] });
    expect(await deliver({ object_kind: "work_item", project })).toMatchObject({ issueIds: null });
    expect(desk().gitlab.takeRequests()).toEqual([]);
  });

  it("a delivery that comes again has the key of the first", async () => {
    const once = { "idempotency-key": "k-1", "x-gitlab-event-uuid": "u-1" };
    expect(await keyOf(issueBody, once)).toBe(await keyOf(issueBody, once));
    expect(await keyOf(issueBody, { ...once, "idempotency-key": "k-2" })).not.toBe(
      await keyOf(issueBody, once),
    );
    const event = { "x-gitlab-event-uuid": "u-1" };
    expect(await keyOf(issueBody, event)).toBe(await keyOf(issueBody, event));
    // A hook that this one has set off.
    const other = { ...issueBody, object_attributes: { iid: 8 } };
    expect(await keyOf(other, event)).not.toBe(await keyOf(issueBody, event));
    expect(await keyOf(issueBody, {})).toBe(await keyOf(issueBody, {}));
    expect(await keyOf(other, {})).not.toBe(await keyOf(issueBody, {}));
  });

  it("ignores other projects, other comments and other events", async () => {
    const charts = { ...issueBody, project: { id: 8, path_with_namespace: "tide/charts" } };
    expect(await deliver(charts)).toMatchObject({ kind: "ignored" });
    const note = { object_kind: "note", project, object_attributes: { id: 9 } };
    expect(await deliver(note, { "x-gitlab-event": "Note Hook" })).toMatchObject({
      kind: "ignored",
    });
    expect(await deliver(issueBody, { "x-gitlab-event": "Push Hook" })).toMatchObject({
      kind: "ignored",
    });
    const byNumber = desk().tracker({ webhookSecret: secret, project: "7" });
    const headers = { "x-gitlab-token": secret, "x-gitlab-event": "Issue Hook" };
    const body = new TextEncoder().encode(JSON.stringify(issueBody));
    expect(await byNumber.webhook?.({ headers, body }, soon())).toMatchObject({ kind: "accepted" });
  });

  it("refuses what is not genuine or not readable", async () => {
    const cases = [
      [issueBody, { "x-gitlab-token": "" }, 401],
      [issueBody, { "x-gitlab-token": `${secret}x` }, 401],
      [issueBody, { "x-gitlab-token": secret.slice(1) }, 401],
      ["payload=1", {}, 400],
    ] as const;
    for (const [value, headers, status] of cases) {
      const receipt = await deliver(value, headers);
      expect(receipt).toMatchObject({ kind: "refused", status });
      expect(JSON.stringify(receipt)).not.toContain(secret);
    }
    expect(await send(new Uint8Array([0xff, 0xfe]))).toMatchObject({ status: 400 });
    expect(await send(new Uint8Array(26 * 1_048_576))).toMatchObject({ status: 413 });
  });
});
