import type { JsonObject } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { brief, check, load } from "./__fixtures__/check-document.ts";

function remedy(document: JsonObject) {
  return check({ tracker, ...document }).problems[0]?.remedy;
}

const tracker = { kind: "roadmap" };

describe("values of a workflow file", () => {
  it("R-110 a missing tracker.kind is a typed error that names the install command", () => {
    const { config, problems } = check({ tracker: {} });
    expect(config).toBeNull();
    expect(problems).toEqual([
      expect.objectContaining({
        code: "missing_key",
        key: "tracker.kind",
        line: 1,
        remedy: expect.stringContaining("npm install @signalbox/tracker-"),
      }),
    ]);
  });

  it("R-116 codex.command stays as it is written; a blank one is rejected", () => {
    const command = " codex --config a=$HOME  app-server ~ ";
    expect(load({ tracker, codex: { command } }).backends["codex"]).toStrictEqual({ command });
    for (const wrong of ["", "  ", null, 5]) {
      expect(brief(check({ tracker, codex: { command: wrong } }).problems)).toEqual([
        "error invalid_value codex.command",
      ]);
    }
  });

  it("R-117 caps by state have trimmed lower-case keys; an invalid entry is ignored and reported", () => {
    const { config, problems } = check({
      tracker,
      agent: {
        max_concurrent_agents_by_state: {
          " In Progress ": 2,
          Rework: "1",
          Todo: 0,
          Done: "many",
          Old: 1.5,
          REWORK: 4,
        },
      },
    });
    expect(config?.agent.maxConcurrentAgentsByState).toEqual({ "in progress": 2, rework: 1 });
    expect(brief(problems)).toEqual([
      "warning ignored_cap agent.max_concurrent_agents_by_state.Todo",
      "warning ignored_cap agent.max_concurrent_agents_by_state.Done",
      "warning ignored_cap agent.max_concurrent_agents_by_state.Old",
      "warning repeated_cap agent.max_concurrent_agents_by_state.REWORK",
    ]);
  });

  it.each([
    ["hooks", "timeout_ms"],
    ["agent", "max_turns"],
  ])("R-118 %s.%s of 0 or less is rejected", (section, key) => {
    for (const wrong of [0, -1, "0"]) {
      const { problems } = check({ tracker, [section]: { [key]: wrong } });
      expect(brief(problems)).toEqual([`error invalid_value ${section}.${key}`]);
    }
    expect(check({ tracker, [section]: { [key]: 1 } }).problems).toEqual([]);
  });

  it.each([
    [{ polling: { interval_ms: 0 } }, "must be a whole number from 1 to 2147483647, not 0."],
    [{ polling: { interval_ms: 3e9 } }, "must be a whole number from 1 to 2147483647, not 3"],
    [{ polling: 5 }, "polling must be a map of interval_ms."],
    [{ tracker: { kind: "x", writes: "ful" } }, "must be one of full, comment, off"],
    [{ delivery: { check: "npm test" } }, "must be a list of the program and its arguments"],
    [{ delivery: { check: [] } }, "must be a list of the program and its arguments"],
    [{ delivery: { check: ["sleep", 5] } }, "delivery.check.1 must be text in quotes, not 5."],
    [{ tracker: { kind: "x", active_states: [1] } }, "tracker.active_states"],
    [{ tracker: ["x"] }, "tracker must be a map of kind, provider,"],
    [{ budgets: { per_run: { usd: 0 } } }, "budgets.per_run.usd must be a number above 0"],
    [{ prices: { "m-1": 5 } }, "prices.m-1 must be a map with input and output"],
    [{ prices: { "m-1": { input: 1 } } }, "prices.m-1.output must be"],
    [{ prices: { "m-1": { input: -1, output: 2 } } }, "prices.m-1.input must be US dollars per"],
    [{ backends: [{}] }, "backends must be a map of backends to their options, not [{}]."],
    [{ backends: { codex: 1 } }, "backends.codex must be a map of keys and values, not 1."],
    [{ server: { port: 65_536 } }, "server.port must be a whole number from 0 to 65535"],
    [{ runner: "thread" }, 'runner must be one of process, inline, not "thread".'],
  ])("a wrong value is one error that says what is expected: %j", (document, message) => {
    const { config, problems } = check({ tracker, ...document });
    expect(config).toBeNull();
    expect(problems).toEqual([
      expect.objectContaining({
        severity: "error",
        code: "invalid_value",
        message: expect.stringContaining(message),
        line: expect.any(Number),
      }),
    ]);
  });

  it("a wrong value comes with the nearest choice or the default as remedy", () => {
    expect(remedy({ delivery: { kind: "pullrequest" } })).toBe("Did you mean pull-request?");
    expect(remedy({ agent: { max_turns: 0 } })).toContain("the default 20");
    expect(remedy({ delivery: { check: "npm test" } })).toBe(
      "Correct the value, or remove the key.",
    );
  });

  it("R-804 prices lie over the default ones, a model at a time, and null takes one away", () => {
    const { prices } = load({
      tracker,
      prices: {
        "m-1": { input: 1, output: 2, cacheRead: 0.1 },
        "claude-opus-5-5": { input: 0, output: 0 },
        "claude-opus-5": null,
      },
    });
    expect(prices).toMatchObject({
      "m-1": { input: 1, output: 2, cacheRead: 0.1, cacheWrite: null },
      "claude-opus-5-5": { input: 0, output: 0, cacheRead: null, cacheWrite: null },
      "claude-sonnet-5-5": { input: 2, output: 10, cacheRead: 0.1, cacheWrite: 2.5 },
    });
    expect(prices).not.toHaveProperty("claude-opus-5");
  });

  it("a command is a list, or one word; a list of names may be one text with commas", () => {
    expect(load({ tracker, delivery: { check: "./check" } }).delivery.check).toEqual(["./check"]);
    expect(load({ tracker, delivery: { check: ["npm", "test"] } }).delivery.check).toEqual([
      "npm",
      "test",
    ]);
    const names = load({ tracker: { ...tracker, active_states: "Todo, In Progress ," } });
    expect(names.tracker.activeStates).toEqual(["Todo", "In Progress"]);
  });
});
