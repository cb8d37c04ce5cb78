import { runInThisContext } from "node:vm";
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { ApiErrors, rateLimit, RestClient, retryAfterMs } from "./index.ts";

it("the example of the README works", async () => {
  const document = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const [, example = ""] = /```ts\n(.*?)```/s.exec(document) ?? [];
  const code = example
    .replace(/^import .*\n/, "")
    .replace(/console\.log\((\w+)\);.*\n/, "said($1);");
  const said: unknown[] = [];
  const given = {
    ApiErrors,
    rateLimit,
    RestClient,
    retryAfterMs,
    words: {},
    root: "https://desk.example",
    authorization: "Bearer t",
    token: "t",
    now: Date.now,
    signal: AbortSignal.timeout(9_000),
    fetch: async (): Promise<Response> => Response.json([{ id: 1 }]),
    said: (data: unknown) => said.push(data),
  };
  const parameters = Object.keys(given).join(", ");
  const run: unknown = runInThisContext(`(async ({ ${parameters} }) => {\n${code}\n})`);
  if (typeof run !== "function") throw new Error("it is no function");
  await run(given);
  expect(said).toEqual([[{ id: 1 }]]);
});
