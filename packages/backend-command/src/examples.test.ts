import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findExecutable } from "@signalbox/process";
import { never, startSession } from "./__fixtures__/start-session.ts";

const run = promisify(execFile);
const examples = join(import.meta.dirname, "..", "..", "..", "examples", "agents");

let folder: string;
let server: Server;
let asked: { readonly messages: readonly { readonly content: string }[] }[];
let reply: { readonly status: number; readonly headers?: Record<string, string>; text?: string };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "signalbox-examples-"));
  await run("git", ["init", "--quiet", folder]);
  asked = [];
  server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  asked.push((await json(request)) as (typeof asked)[number]);
  response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
  const usage = { input_tokens: 10, output_tokens: 5 };
  response.end(JSON.stringify({ content: [{ type: "text", text: reply.text ?? "" }], usage }));
}

async function start(program: [string, ...string[]], resume: string | null = null) {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port");
  const env = {
    HOME: folder,
    MODEL: "m-1",
    ANTHROPIC_API_KEY: "a-key-for-nobody",
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${address.port}`,
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@b",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@b",
  };
  return startSession({ program, env }, { cwd: folder, resume });
}

describe.each<[needs: readonly string[], program: [string, ...string[]]]>([
  [[], [process.execPath, join(examples, "messages-agent.mjs")]],
  [["python3"], ["python3", join(examples, "messages-agent.py")]],
  [["curl", "jq"], [join(examples, "messages-agent.sh")]],
])("an example agent that needs %j", (needs, program) => {
  it("R-504 works, reports, resumes, asks and waits", async ({ skip }) => {
    const { PATH = "" } = process.env;
    for (const name of needs) {
      if ((await findExecutable(name, PATH)) === null) skip(`${name} is not installed`);
    }
    reply = { status: 200, text: "It is done." };
    const first = await start(program);
    expect(await first.session.runTurn("Do it.", never)).toEqual({ kind: "succeeded" });
    expect(await readFile(join(folder, "ANSWER.md"), "utf8")).toBe("It is done.\n");
    const { stdout } = await run("git", ["-C", folder, "log", "--format=%s"]);
    expect(stdout).toBe("Answer\n");
    expect(first.events.map(({ type }) => type)).toEqual([
      "session-started",
      "session-started",
      "usage",
    ]);
    expect(first.events[1]).toMatchObject({ sessionId: first.session.sessionId, model: "m-1" });
    await first.session.close();

    reply = { status: 200, text: "QUESTION: Which database?" };
    const second = await start(program, first.session.sessionId);
    expect(await second.session.runTurn("Go on.", never)).toEqual({
      kind: "needs-input",
      question: expect.stringMatching(/^ ?Which database\?$/),
    });
    expect(asked[1]?.messages.map(({ content }) => content)).toEqual([
      "Do it.",
      "It is done.",
      "Go on.",
    ]);

    reply = { status: 429, headers: { "retry-after": "3600" } };
    const before = Date.now();
    const outcome = await second.session.runTurn("Go on.", never);
    expect(outcome).toMatchObject({ kind: "quota-exhausted", pool: "anthropic" });
    const resetsAt = outcome.kind === "quota-exhausted" ? (outcome.resetsAt ?? 0) : 0;
    expect(resetsAt - before).toBeGreaterThan(3_590_000);
    reply = { status: 401 };
    expect(await second.session.runTurn("Go on.", never)).toMatchObject({
      kind: "failed",
      code: "auth",
    });
    await second.session.close();
  });
});
