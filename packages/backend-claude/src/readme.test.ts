import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ClaudeWorld } from "./__fixtures__/claude-world.ts";
import { optionNames } from "./claude-schema.ts";
import { ClaudeBackend } from "./index.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

it("works as the README shows it", async () => {
  await using world = await ClaudeWorld.start();
  const [, example = ""] = /```ts\n([^]*?)```/.exec(readme) ?? [];
  const body = example.replace(/^import .*\n/m, "");
  const url = world.server.scenarioUrl("text");
  class LocalBackend extends ClaudeBackend {
    constructor(options: ConstructorParameters<typeof ClaudeBackend>[0]) {
      super({ ...options, baseUrl: url, sessionFolder: world.sessionFolder });
    }
  }
  const order = {
    cwd: world.cwd,
    resume: null,
    environment: {},
    limits: { startupTimeoutMs: 10_000, silenceTimeoutMs: 0, graceMs: 200, maxLineBytes: 1 << 20 },
    tools: { list: () => [], mcp: null },
    transcribe: () => undefined,
    emit: () => undefined,
    signal: new AbortController().signal,
  };
  const names = ["ClaudeBackend", "apiKey", "order", "signal"];
  const source = `return (async () => { ${body}\nreturn outcome; })()`;
  const run: unknown = Reflect.construct(Function, [...names, source]);
  if (typeof run !== "function") throw new TypeError("The example is no code");
  const outcome: unknown = await Reflect.apply(run, null, [
    LocalBackend,
    "key",
    order,
    order.signal,
  ]);
  expect(outcome).toEqual({ kind: "succeeded" });
});

it("names every option in the README", () => {
  const named = [...readme.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(optionNames));
});
