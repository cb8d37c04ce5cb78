import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import plugin from "./index.ts";

async function validate(value: unknown) {
  return plugin.configSchema["~standard"].validate(value);
}

async function optionsOf(value: unknown) {
  const result = await validate(value);
  return "value" in result ? result.value.options : null;
}

describe("the options of a workflow file", () => {
  it("have defaults for all but the program", async () => {
    expect(await optionsOf({ program: ["node", "agent.mjs"] })).toEqual({
      program: ["node", "agent.mjs"],
      prompt: "stdin",
      shell: false,
      env: {},
      passEnv: [],
      exitCodes: {},
    });
  });

  it("are read in snake_case and in camelCase, and plain values of env become text", async () => {
    const snake = {
      program: ["a"],
      pass_env: ["B"],
      exit_codes: { "75": "retry" },
      env: { C: 1, D: true },
    };
    const camel = {
      program: ["a"],
      passEnv: ["B"],
      exitCodes: { "75": "retry" },
      env: { C: "1", D: "true" },
    };
    expect(await optionsOf(snake)).toEqual(await optionsOf(camel));
    expect(await optionsOf(snake)).toMatchObject({ passEnv: ["B"], env: { C: "1", D: "true" } });
  });

  it.each([
    [undefined, []],
    [{}, ["program"]],
    [{ program: [] }, ["program"]],
    [{ program: ["  "] }, ["program"]],
    [{ program: "node agent.mjs" }, ["program"]],
    [{ program: ["sh"], shell: true }, ["program"]],
    [{ program: ["a"], prompt: "telepathy" }, ["prompt"]],
    [{ program: ["a"], passEnv: ["no name"] }, ["pass_env", 0]],
    [{ program: ["a"], exit_codes: { "256": "retry" } }, ["exit_codes", "256"]],
    [{ program: ["a"], exit_codes: { "1": "maybe" } }, ["exit_codes", "1"]],
    [{ program: ["a"], env: { A: ["x"] } }, ["env", "A"]],
  ])("%j is refused at %j", async (value, path) => {
    const result = await validate(value);
    const [issue] = result.issues ?? [];
    const keys = (issue?.path ?? []).map((part) => (typeof part === "object" ? part.key : part));
    expect(keys).toEqual(path);
  });

  it("R-108 that nobody knows are kept out and reported, never fatal", async () => {
    const lines: string[] = [];
    const result = await validate({ program: ["a"], pass_envs: [] });
    if (!("value" in result)) throw new Error("refused");
    await plugin.create(result.value, {
      folder: tmpdir(),
      repository: tmpdir(),
      logger: { log: (level, message) => lines.push(`${level}: ${message}`) },
      fetch: globalThis.fetch,
      now: Date.now,
    });
    expect(lines).toEqual([
      "warn: backends.command.pass_envs is not an option of this backend. Did you mean pass_env?",
    ]);
  });
});
