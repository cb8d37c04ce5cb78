import { describe, expect, it } from "vitest";
import { signedDelivery } from "./__fixtures__/signed-delivery.ts";
import { readWebhook } from "./webhook.ts";

const secret = "lin_wh_0123456789";
const issue = { type: "Issue", action: "update", data: { id: "issue-1" } };

describe("webhooks", () => {
  it.each([
    [issue, ["issue-1"]],
    [{ type: "Comment", data: { id: "c", issueId: "issue-1" } }, ["issue-1"]],
    [{ type: "Comment", data: { id: "c", issue: { id: "issue-1" } } }, ["issue-1"]],
    [
      {
        type: "AgentSessionEvent",
        action: "created",
        agentSession: { id: "s", issueId: "issue-1" },
      },
      ["issue-1"],
    ],
    [{ type: "IssueLabel", data: { id: "label" } }, null],
  ])("%j hints at %j", async (payload, issueIds) => {
    const receipt = await readWebhook(signedDelivery(payload, secret), secret);
    expect(receipt).toMatchObject({ kind: "accepted", issueIds, signals: [] });
  });

  it("a person's stop comes along as a signal", async () => {
    const createdAt = new Date().toISOString();
    const receipt = await readWebhook(
      signedDelivery(
        {
          type: "AgentSessionEvent",
          action: "prompted",
          agentSession: { id: "s", issue: { id: "issue-1" } },
          agentActivity: { id: "activity", createdAt, signal: "stop" },
        },
        secret,
      ),
      secret,
    );
    expect(receipt).toMatchObject({
      kind: "accepted",
      issueIds: ["issue-1"],
      signals: [{ kind: "stop", issueId: "issue-1", key: "activity", at: createdAt }],
    });
  });

  it("a replay has the key of the first delivery, whatever its headers say; another delivery has another", async () => {
    const delivery = signedDelivery(issue, secret);
    const first = await readWebhook(delivery, secret);
    const headers = { ...delivery.headers, "linear-delivery": "another" };
    expect(await readWebhook({ ...delivery, headers }, secret)).toEqual(first);
    const other = await readWebhook(signedDelivery(issue, secret, Date.now() + 1), secret);
    expect(other).not.toEqual(first);
  });

  it("what is not signed, forged, late, early, too long or unreadable is refused", async () => {
    const delivery = signedDelivery(issue, secret);
    const forged = {
      ...delivery,
      body: Buffer.from(Buffer.from(delivery.body).toString().replace("issue-1", "issue-2")),
    };
    const refusal = async (request: typeof delivery): Promise<unknown> => {
      const receipt = await readWebhook(request, secret);
      expect(JSON.stringify(receipt)).not.toContain(secret);
      return receipt.kind === "refused" ? receipt.status : receipt;
    };
    expect(await refusal({ ...delivery, headers: {} })).toBe(401);
    expect(await refusal({ ...delivery, headers: { "linear-signature": "ü" } })).toBe(401);
    expect(await refusal(forged)).toBe(401);
    expect(await refusal(signedDelivery(issue, "another secret"))).toBe(401);
    expect(await refusal(signedDelivery(issue, secret, Date.now() - 61_000))).toBe(400);
    expect(await refusal(signedDelivery(issue, secret, Date.now() + 65_000))).toBe(400);
    expect(await refusal({ ...delivery, body: new Uint8Array(5 * 1024 * 1024 + 1) })).toBe(413);
    expect(await refusal(signedDelivery({ action: "no type" }, secret))).toBe(400);
  });

  it("what says nothing about issues is ignored", async () => {
    const receipt = await readWebhook(
      signedDelivery({ type: "Reaction", data: { id: "r" } }, secret),
      secret,
    );
    expect(receipt).toMatchObject({ kind: "ignored" });
  });
});
