import { describe, expect, it } from "vitest";
import type { PermissionOption } from "@agentclientprotocol/sdk";
import type { Permissions } from "./index.ts";
import { decidePermission } from "./permission-policy.ts";
import { readToolCall } from "./session-update.ts";

const all: readonly PermissionOption[] = (
  ["allow_always", "reject_always", "allow_once", "reject_once"] as const
).map((kind) => ({ kind, optionId: kind, name: kind }));

async function decide(
  permissions: Permissions,
  call: object,
  options: readonly PermissionOption[] = all,
): Promise<string> {
  const report = readToolCall({ toolCallId: "1", ...call });
  if (report === null) throw new Error("The call cannot be read");
  const decision = await decidePermission(permissions, report, options, async (path) =>
    path.startsWith("/workspace/"),
  );
  if (decision.kind === "ask") return decision.question;
  return decision.outcome.outcome === "selected" ? decision.outcome.optionId : "cancelled";
}

const inside = { kind: "edit", locations: [{ path: "/workspace/a" }] };
const outside = { kind: "edit", content: [{ type: "diff", path: "/etc/passwd" }] };

describe("R-508 the policy", () => {
  it.each<[Permissions, object, string]>([
    ["read-only", { kind: "read" }, "allow_once"],
    ["read-only", { kind: "search" }, "allow_once"],
    ["read-only", inside, "reject_once"],
    ["read-only", { kind: "execute" }, "reject_once"],
    ["read-only", { kind: "fetch" }, "reject_once"],
    ["read-only", {}, "reject_once"],
    ["accept-edits", inside, "allow_once"],
    ["accept-edits", outside, "reject_once"],
    ["accept-edits", { kind: "delete", locations: [{ path: "/etc" }] }, "reject_once"],
    ["accept-edits", { kind: "execute" }, "allow_once"],
    ["accept-edits", {}, "allow_once"],
    ["full", outside, "allow_once"],
  ])("%s: %j → %s", async (permissions, call, option) => {
    expect(await decide(permissions, call)).toBe(option);
  });

  it("never lets an agent remember a permission, unless it may do everything", async () => {
    const always = all.filter(({ kind }) => kind.endsWith("always"));
    expect(await decide("accept-edits", inside, always)).toBe("reject_always");
    expect(await decide("full", inside, always)).toBe("allow_always");
  });

  it("gives no answer where no option fits", async () => {
    expect(await decide("read-only", inside, all.slice(0, 1))).toBe("cancelled");
    expect(await decide("full", inside, [])).toBe("cancelled");
  });

  it("R-510 takes a choice between several ways to go on for a question", async () => {
    const ways = ["Postgres", "SQLite"].map((name): PermissionOption => ({
      kind: "allow_once",
      optionId: name,
      name,
    }));
    const question = await decide("full", { title: "Which database?", kind: "other" }, ways);
    expect(question).toBe("Which database? (Postgres / SQLite)");
  });
});
