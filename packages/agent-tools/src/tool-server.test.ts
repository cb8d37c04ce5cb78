import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { describe, expect, it } from "vitest";
import { echo, openDesk, type Desk } from "./__fixtures__/desk.ts";

interface Run {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** With nothing in its environment but a PATH, as an agent may start it. */
async function signalboxTool({ server }: Desk, words: string[], input = ""): Promise<Run> {
  const { promise, resolve } = Promise.withResolvers<Run>();
  const path = `${server.binFolder}:/usr/bin:/bin`;
  const child = execFile(
    "signalbox-tool",
    words,
    { env: { PATH: path } },
    (error, output, errors) =>
      resolve({ code: error === null ? 0 : Number(error.code), output, errors }),
  );
  child.stdin?.end(input);
  return promise;
}

async function client({ server }: Desk): Promise<Client & AsyncDisposable> {
  const { command, args } = server.mcp;
  const made = new Client({ name: "agent", version: "1" });
  await made.connect(
    new StdioClientTransport({ command, args: [...args], env: {}, stderr: "ignore" }),
  );
  return Object.assign(made, { [Symbol.asyncDispose]: () => made.close() });
}

describe("an agent that speaks MCP", () => {
  it("finds the run's tools, and calls them", async () => {
    await using desk = await openDesk();
    await using agent = await client(desk);
    const { tools } = await agent.listTools();
    expect(tools).toEqual([expect.objectContaining(echo)]);
    const result = await agent.callTool({ name: "echo", arguments: { text: "née ☂" } });
    expect(result).toMatchObject({ content: [{ type: "text", text: '{"text":"née ☂"}' }] });
    expect(desk.calls).toEqual([{ callId: "call-1", name: "echo", input: { text: "née ☂" } }]);
  });

  it("R-509 an unknown tool gets a failure, and the session goes on", async () => {
    await using desk = await openDesk();
    await using agent = await client(desk);
    const unknown = await agent.callTool({ name: "launch", arguments: {} });
    expect(unknown).toMatchObject({
      isError: true,
      content: [{ text: 'unknown-tool: There is no tool "launch". There are: echo.' }],
    });
    const known = await agent.callTool({ name: "echo", arguments: { text: "still here" } });
    expect(known.isError).not.toBe(true);
  });

  it("is cut off where it says more in one message than any tool takes", async () => {
    await using desk = await openDesk();
    const agent = await client(desk);
    const text = "x".repeat(300_000);
    await expect(agent.callTool({ name: "echo", arguments: { text } })).rejects.toThrow(/closed/i);
    expect(desk.calls).toEqual([]);
  });

  it("hears of a call that is cancelled no more, and whoever performs it hears of that", async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    await using desk = await openDesk(async (_call, signal) => {
      begun.resolve(signal);
      await once(signal, "abort");
      return { kind: "ok", output: null };
    });
    await using agent = await client(desk);
    const giveUp = new AbortController();
    const called = agent.callTool(
      { name: "echo", arguments: { text: "slow" } },
      { signal: giveUp.signal },
    );
    const signal = await begun.promise;
    giveUp.abort();
    await expect(called).rejects.toThrow(/abort/i);
    if (!signal.aborted) await once(signal, "abort");
  });
});

describe("an agent with nothing but a shell", () => {
  it("lists the tools and calls them with signalbox-tool", async () => {
    await using desk = await openDesk();
    const listed = await signalboxTool(desk, ["list"]);
    expect(listed).toMatchObject({ code: 0, errors: "" });
    expect(JSON.parse(listed.output)).toEqual(echo);
    const called = await signalboxTool(desk, ["call", "echo", '{"text":"a\'b"}']);
    expect(called).toEqual({ code: 0, output: '{"text":"a\'b"}\n', errors: "" });
    const piped = await signalboxTool(desk, ["call", "echo", "-"], '{"text":"from a pipe"}');
    expect(piped.output).toBe('{"text":"from a pipe"}\n');
  });

  it("gets a failure as exit code 1, and a wrong use as 2", async () => {
    await using desk = await openDesk();
    const unknown = await signalboxTool(desk, ["call", "launch"]);
    expect(unknown).toMatchObject({ code: 1, output: "" });
    expect(unknown.errors).toMatch(/^unknown-tool: /);
    expect(await signalboxTool(desk, ["call", "echo", "{"])).toMatchObject({ code: 2 });
    expect(await signalboxTool(desk, ["sing"])).toMatchObject({ code: 2 });
  });
});

describe("the endpoint", () => {
  it("is for its own user alone, and gone with the run", async () => {
    const desk = await openDesk();
    const modeOf = (name: string): number => statSync(join(desk.folder, name)).mode & 0o777;
    expect([".", "token", "socket", "bin"].map(modeOf)).toEqual([0o700, 0o600, 0o600, 0o700]);
    await desk.server.close();
    expect(existsSync(desk.folder)).toBe(false);
    await desk[Symbol.asyncDispose]();
  });

  it("cuts off a peer that does not know the run's token", async () => {
    await using desk = await openDesk();
    const token = join(desk.folder, "token");
    writeFileSync(token, readFileSync(token, "utf8").slice(0, -1));
    const stranger = await signalboxTool(desk, ["list"]);
    expect(stranger).toMatchObject({ code: 1, output: "" });
    expect(stranger.errors).toMatch(/ended the connection/);
    expect(desk.refused).toEqual(["A peer did not know the token of the run."]);
  });

  it("cuts off a peer that says no line", async () => {
    await using desk = await openDesk();
    const socket = connect(join(desk.folder, "socket"));
    socket.on("error", () => socket.destroy());
    socket.write("x".repeat(4_096));
    await once(socket, "close");
    expect(desk.refused).toHaveLength(1);
  });
});
