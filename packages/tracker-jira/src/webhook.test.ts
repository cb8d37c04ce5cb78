import { createHmac } from "node:crypto";
import type { WebhookReceipt } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

const desk = useDesk();
const secret = "a-secret-of-the-hook";
const project = { id: "10000", key: "TIDE" };
const issue = { id: "20001", key: "TIDE-1", fields: { project } };
const updated = { timestamp: 1, webhookEvent: "jira:issue_updated", issue };

async function send(
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<WebhookReceipt | undefined> {
  const adapter = desk().tracker({ webhookSecret: secret });
  await adapter.fetchIssuesByStates(["To Do"], soon());
  desk().jira.takeRequests();
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const all = { "x-hub-signature": `sha256=${signature}`, ...headers };
  const receipt = await adapter.webhook?.({ headers: all, body }, soon());
  expect(desk().jira.takeRequests()).toEqual([]);
  return receipt;
}

async function deliver(
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<WebhookReceipt | undefined> {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return send(new TextEncoder().encode(text), headers);
}

async function keyOf(value: unknown, headers = {}): Promise<string> {
  const receipt = await deliver(value, headers);
  return receipt?.kind === "accepted" ? receipt.deliveryKey : "none";
}

describe("webhook", () => {
  it("is not there without a secret", () => {
    expect(desk().tracker().webhook).toBeUndefined();
  });

  it("is signed as Jira's documentation has it", async () => {
    // The example of its page on webhooks.
    const body = new TextEncoder().encode("Hello World!");
    const adapter = desk().tracker({ webhookSecret: "It's a Secret to Everybody" });
    const signature = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9";
    const receipt = await adapter.webhook?.(
      { headers: { "x-hub-signature": signature }, body },
      soon(),
    );
    // Genuine, and no JSON.
    expect(receipt).toMatchObject({ kind: "refused", status: 400 });
  });

  it("says which issues to look at, however late it comes", async () => {
    expect(await deliver(updated)).toMatchObject({
      kind: "accepted",
      issueIds: ["20001"],
      signals: [],
    });
    const comment = { webhookEvent: "comment_created", comment: { id: "9" }, issue: { id: 20002 } };
    expect(await deliver(comment)).toMatchObject({ issueIds: ["20002"] });
    const issueLink = { id: 3, sourceIssueId: 20001, destinationIssueId: 20002 };
    expect(await deliver({ webhookEvent: "issuelink_created", issueLink })).toMatchObject({
      issueIds: ["20001", "20002"],
    });
    expect(await deliver({ webhookEvent: "jira:issue_deleted" })).toMatchObject({ issueIds: null });
  });

  it("a delivery that comes again has the key of the first", async () => {
    const once = { "x-atlassian-webhook-identifier": "u-1" };
    const first = await keyOf(updated, once);
    expect(await keyOf(updated, { ...once, "x-atlassian-webhook-retry": "1" })).toBe(first);
    expect(await keyOf({ ...updated, timestamp: 2 }, once)).not.toBe(first);
    expect(await keyOf(updated)).toBe(await keyOf(updated));
    expect(await keyOf(updated)).not.toBe(first);
  });

  it("ignores other projects and other events", async () => {
    const charts = { ...issue, fields: { project: { id: "10001", key: "CHARTS" } } };
    expect(await deliver({ ...updated, issue: charts })).toMatchObject({ kind: "ignored" });
    for (const webhookEvent of ["sprint_started", "jira:version_released", ""]) {
      expect(await deliver({ webhookEvent })).toMatchObject({ kind: "ignored" });
    }
  });

  it("refuses what is not genuine or not readable", async () => {
    const sha1 = createHmac("sha1", secret).update(JSON.stringify(updated)).digest("hex");
    const other = createHmac("sha256", "x").update(JSON.stringify(updated)).digest("hex");
    for (const signature of ["", "sha256=", `sha1=${sha1}`, `sha256=${other}`, other, secret]) {
      const receipt = await deliver(updated, { "x-hub-signature": signature });
      expect(receipt).toMatchObject({ kind: "refused", status: 401 });
      expect(JSON.stringify(receipt)).not.toContain(secret);
    }
    const adapter = desk().tracker({ webhookSecret: secret });
    const unsigned = { headers: {}, body: new Uint8Array() };
    expect(await adapter.webhook?.(unsigned, soon())).toMatchObject({ status: 401 });
    expect(await deliver("payload=1")).toMatchObject({ status: 400 });
    expect(await send(new Uint8Array([0xff, 0xfe]))).toMatchObject({ status: 400 });
    expect(await send(new Uint8Array(26 * 1_048_576))).toMatchObject({ status: 413 });
  });
});
