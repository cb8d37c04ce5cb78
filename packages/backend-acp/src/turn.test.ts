import { RequestError } from "@agentclientprotocol/sdk";
import type { TurnOutcome } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { failureOf } from "./failure-of.ts";
import { Turn } from "./turn.ts";

async function outcomeOf(end: (turn: Turn) => void): Promise<TurnOutcome> {
  const turn = new Turn("plan");
  end(turn);
  return turn.outcome;
}

describe("R-512 what an agent answers to a prompt", () => {
  it.each<[unknown, object]>([
    [{ stopReason: "end_turn" }, { kind: "succeeded" }],
    [{ stopReason: "refusal" }, { kind: "failed", code: "agent-error", retryable: false }],
    [{ stopReason: "max_tokens" }, { kind: "failed", code: "agent-error", retryable: true }],
    [{ stopReason: "max_turn_requests" }, { kind: "failed", code: "agent-error" }],
    [{ stopReason: "cancelled" }, { kind: "failed", code: "agent-error" }],
    [{ stopReason: "bored" }, { kind: "failed", message: expect.stringContaining("bored") }],
    [{}, { kind: "failed", code: "agent-protocol" }],
    [null, { kind: "failed", code: "agent-protocol" }],
  ])("%j", async (answer, outcome) => {
    expect(await outcomeOf((turn) => turn.endWithAnswer(answer))).toMatchObject(outcome);
  });

  it("is canceled where the agent was told to end, whatever it calls that", async () => {
    const canceled = { kind: "canceled", reason: "operator" };
    const answers = [
      (turn: Turn): void => turn.endWithAnswer({ stopReason: "cancelled" }),
      (turn: Turn): void => turn.endWithError(new RequestError(-32_603, "aborted")),
    ];
    for (const answer of answers) {
      const outcome = await outcomeOf((turn) => {
        turn.cancel();
        answer(turn);
      });
      expect(outcome).toEqual(canceled);
    }
  });

  it("R-516 the first end is the only one, and a verdict is before it", async () => {
    const question = { kind: "needs-input", question: "Which?" } as const;
    const outcome = await outcomeOf((turn) => {
      turn.condemn(question);
      turn.endWithAnswer({ stopReason: "end_turn" });
      turn.endWithError(new Error("late"));
    });
    expect(outcome).toEqual(question);
  });
});

const internal = (details: unknown): RequestError =>
  new RequestError(-32_603, "Internal error", details);

describe("R-513 what an agent's error means", () => {
  // Words of real agents against the local model server.
  it.each<[unknown, string, boolean]>([
    [RequestError.authRequired(), "auth", false],
    [new RequestError(-32_603, "Internal error: invalid x-api-key"), "auth", false],
    [internal("API key not valid. Please pass a valid API key."), "auth", false],
    [internal("Credit balance is too low"), "billing", false],
    [internal("This API method requires billing to be enabled."), "billing", false],
    [internal("Prompt is too long · the request is ~208310 tokens"), "context-too-long", false],
    [internal("The input token count (1148576) exceeds the maximum"), "context-too-long", false],
    [internal("Session too large - context exceeds model limit"), "context-too-long", false],
    [internal("API Error: 529 Overloaded."), "overloaded", true],
    [internal("API Error: Connection dropped (ECONNRESET)."), "transport", true],
    [internal("models/gemini-9 is not found for API version v1beta."), "setup", false],
    [internal("something else"), "agent-error", true],
    [internal({ details: "fetch failed" }), "transport", true],
  ])("%s %#", (error, code, retryable) => {
    expect(failureOf(error, "plan")).toMatchObject({ kind: "failed", code, retryable });
  });

  it.each([
    ["429 Too Many Requests, try again in 90 s", 91_000],
    ["You exceeded your current quota", null],
    ["RESOURCE_EXHAUSTED", null],
    ["You've hit your limit", null],
  ])("%s is a quota", (text, resetsAt) => {
    expect(failureOf(internal(text), "plan", 1_000)).toEqual({
      kind: "quota-exhausted",
      pool: "plan",
      resetsAt,
    });
  });
});
