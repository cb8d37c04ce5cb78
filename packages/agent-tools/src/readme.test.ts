import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { clock } from "./__fixtures__/desk.ts";
import { RunTools, ToolServer } from "./index.ts";

const run = promisify(execFile);

it("the example of the README works", async () => {
  const root = await mkdtemp(join(tmpdir(), "signalbox-tools-"));
  const folder = join(root, "run");
  const said: unknown[] = [];
  const document = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const [, example = ""] = /```ts\n(.*?)```/s.exec(document) ?? [];
  const expected = [...example.matchAll(/console\.log\(.*?\); \/\/ (\S+)/g)].map(([, text]) =>
    text?.replace(/:$/, ""),
  );

  const inputSchema = { type: "object", properties: { body: { type: "string" } } };
  const tools = new RunTools({
    tools: [{ name: "comment", description: "Writes a comment.", inputSchema }],
    perform: async ({ callId, input }) => ({ kind: "ok", output: { callId, input } }),
    clock,
  });
  const server = await ToolServer.open({ folder, tools, onRefused: console.error });
  const call = await run(`${server.binFolder}/signalbox-tool`, [
    "call",
    "comment",
    '{"body":"Hi."}',
  ]);
  said.push(call.stdout.trim());
  said.push(server.mcp.args.at(-1));
  await server.close();

  expect(said).toEqual(expected);
  await rm(root, { recursive: true });
});
