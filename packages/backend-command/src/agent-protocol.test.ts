import { describe, expect, it } from "vitest";
import { never, script, startSession } from "./__fixtures__/start-session.ts";
import type { CommandOptions } from "./index.ts";

const say = (...lines: readonly object[]): string =>
  lines.map((line) => `printf '%s\\n' '::signalbox ${JSON.stringify(line)}'`).join("; ");

const usage = (input: number) => ({ type: "usage", input_tokens: input, cost_usd: 0.5 });

async function turn(text: string, options: Partial<CommandOptions> = {}) {
  const started = await startSession({ program: script(text), ...options });
  const outcome = await started.session.runTurn("", never);
  await started.session.close();
  return { ...started, outcome };
}

describe("what a program says of itself", () => {
  it("R-504 is its own session id, from which it resumes, and its model", async () => {
    const tell = `${say({ type: "session", id: "own-1", model: "m-1" })}; echo "$SIGNALBOX_SESSION_ID \${SIGNALBOX_SESSION_RESUMED:-new} $SIGNALBOX_PROTOCOL"`;
    const { session, events, messages } = await startSession({ program: script(tell) });
    const given = session.sessionId;
    await session.runTurn("", never);
    await session.runTurn("", never);
    expect(session.sessionId).toBe("own-1");
    expect(messages()).toBe(`${given} new 1\nown-1 1 1`);
    expect(events.filter(({ type }) => type === "session-started")).toEqual([
      { type: "session-started", sessionId: given, model: null },
      { type: "session-started", sessionId: "own-1", model: "m-1" },
    ]);
  });

  it("R-511 is its usage in this turn, which adds up, and counts once however often it is said", async () => {
    const text = say(usage(10), usage(30), usage(30), usage(20));
    const { session, events } = await startSession({ program: script(text) });
    await session.runTurn("", never);
    await session.runTurn("", never);
    const reports = events.flatMap((event) => (event.type === "usage" ? [event.usage] : []));
    expect(reports.map(({ inputTokens }) => inputTokens)).toEqual([10, 30, 30, 30, 40, 60, 60, 60]);
    expect(reports.at(-1)).toMatchObject({ pool: "sh", costUsd: 1 });
  });

  it("R-804 is no cost where one turn told none: unknown is not 0", async () => {
    const { events } = await turn(say({ type: "usage", input_tokens: 1 }));
    expect(events).toContainEqual({
      type: "usage",
      usage: expect.objectContaining({ inputTokens: 1, costUsd: null }),
    });
  });

  it("R-510 is a question: the program ends, if it does not do so by itself", async () => {
    const { outcome, events, messages } = await turn(
      `echo working; ${say({ type: "question", text: "Which\ndatabase?" })}; sleep 60`,
    );
    expect(outcome).toEqual({ kind: "needs-input", question: "Which\ndatabase?" });
    expect(events.at(-1)).toEqual({ type: "input-requested", question: "Which\ndatabase?" });
    expect(messages()).toBe("working");
  });

  it("R-513 is a quota, a missing key, an overload, each told apart and whatever the exit code", async () => {
    const quota = say({ type: "quota", pool: "plan", resets_at: "2050-01-01T00:00:00Z" });
    const expected = { kind: "quota-exhausted", pool: "plan", resetsAt: Date.UTC(2050, 0) };
    expect((await turn(`${quota}; exit 1`)).outcome).toEqual(expected);
    for (const code of ["auth", "billing", "overloaded", "context-too-long"]) {
      const { outcome } = await turn(say({ type: "failure", code, message: "It says no." }));
      const retryable = code === "overloaded";
      expect(outcome).toEqual({ kind: "failed", code, retryable, message: "It says no." });
    }
  });

  it("is believed in its last word, and in its order", async () => {
    const { outcome, events } = await turn(
      `echo one; ${say(
        { type: "failure", message: "Failed." },
        { type: "tool-call", id: "1", tool: "sh", input: "ls" },
        { type: "tool-result", id: "1", text: "README.md" },
      )}; echo two; ${say({ type: "question", text: "Which?" })}`,
    );
    expect(outcome.kind).toBe("needs-input");
    expect(events.map((event) => (event.type === "message" ? event.text : event.type))).toEqual([
      "session-started",
      "one",
      "tool-call",
      "tool-result",
      "two",
      "input-requested",
    ]);
  });

  it("is output like any other where it cannot be understood, with one notice a turn", async () => {
    const { outcome, events, messages } = await turn(
      `${say({ type: "wish" }, { v: 9, type: "question", text: "?" })}; echo '::signalbox {'`,
    );
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(messages().split("\n")).toHaveLength(3);
    const notices = events.flatMap((event) => (event.type === "notice" ? [event.text] : []));
    expect(notices).toEqual([expect.stringContaining("type: ")]);
  });

  it("R-518 has no secret in it", async () => {
    const text = `echo "::signalbox {\\"type\\":\\"failure\\",\\"message\\":\\"bad $API_KEY\\"}"`;
    const { outcome } = await turn(text, { env: { API_KEY: "sk-12345678" } });
    expect(outcome).toMatchObject({ message: "bad [API_KEY]" });
  });
});
