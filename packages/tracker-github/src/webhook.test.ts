import { sign } from "@octokit/webhooks-methods";
import type { WebhookReceipt } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

const desk = useDesk();
const secret = "a-secret-of-the-hook";
const repository = { full_name: "Tide/Tables" };

async function deliver(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<WebhookReceipt | undefined> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return desk().tracker({ webhookSecret: secret }).webhook?.({ headers, body: bytes }, soon());
}

async function signed(event: string, value: unknown): Promise<WebhookReceipt | undefined> {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  const signature = await sign(secret, body);
  return deliver(body, {
    "x-hub-signature-256": signature,
    "x-github-event": event,
    "x-github-delivery": crypto.randomUUID(),
  });
}

describe("webhook", () => {
  it("is not there without a secret", () => {
    expect(desk().tracker().webhook).toBeUndefined();
  });

  it("says which issues to look at", async () => {
    const issue = { number: 7, title: "🌊" };
    expect(await signed("issues", { action: "labeled", repository, issue })).toMatchObject({
      kind: "accepted",
      issueIds: ["7"],
      signals: [],
    });
    const parts = { blocked_issue: { number: 3 }, repository };
    expect(await signed("issue_dependencies", parts)).toMatchObject({ issueIds: ["3"] });
    expect(await signed("projects_v2_item", { action: "edited" })).toMatchObject({
      issueIds: null,
    });
    expect(desk().github.takeRequests()).toEqual([]);
  });

  it("a replayed delivery has the key of the first, whatever its headers say", async () => {
    const body = { repository, issue: { number: 7 } };
    const keys = await Promise.all(
      [body, body, { ...body, issue: { number: 8 } }].map(async (value) => {
        const receipt = await signed("issues", value);
        return receipt?.kind === "accepted" ? receipt.deliveryKey : null;
      }),
    );
    expect(keys[0]).toBe(keys[1]);
    expect(new Set(keys).size).toBe(2);
    expect(keys).not.toContain(null);
  });

  it("ignores other repositories, pull requests and other events", async () => {
    const issue = { number: 7 };
    const other = { repository: { full_name: "tide/charts" }, issue };
    expect(await signed("issues", other)).toMatchObject({ kind: "ignored" });
    const pull = { repository, issue: { ...issue, pull_request: {} } };
    expect(await signed("issue_comment", pull)).toMatchObject({ kind: "ignored" });
    expect(await signed("ping", { repository })).toMatchObject({ kind: "ignored" });
  });

  it("refuses what is not genuine or not readable", async () => {
    const body = JSON.stringify({ repository, issue: { number: 7 } });
    const event = { "x-github-event": "issues" };
    const forged = await sign("another secret", body);
    const cases = [
      [body, event, 401],
      [body, { ...event, "x-hub-signature-256": forged }, 401],
      [body, { ...event, "x-hub-signature-256": "sha1=abc" }, 401],
      ["", { ...event, "x-hub-signature-256": forged }, 401],
      [new Uint8Array([0xff, 0xfe]), { ...event, "x-hub-signature-256": forged }, 400],
      [new Uint8Array(26 * 1_048_576), event, 413],
    ] as const;
    for (const [sent, headers, status] of cases) {
      const receipt = await deliver(sent, headers);
      expect(receipt).toMatchObject({ kind: "refused", status });
      expect(JSON.stringify(receipt)).not.toContain(secret);
    }
    expect(await signed("issues", "payload=%7B%7D")).toMatchObject({
      kind: "refused",
      status: 400,
    });
  });
});
