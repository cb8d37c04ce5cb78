// Stands alone: an agent's sandbox is given this one file, so it imports nothing but what Node.js brings along.
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const usage = `Usage: signalbox-tool list                        what this run may ask for, one tool as JSON a line
       signalbox-tool call <name> [<json> | -]    asks for it; - reads the input from the standard input
       signalbox-tool mcp                         speaks MCP on the standard input and output
`;
const answerLimitMs = 90_000;
/** Protocol revision of the few messages that `list` and `call` need. */
const mcpRevision = "2025-06-18";

const cutOff = "Signalbox ended the connection: the run is over, or its token is wrong.";

interface Reply {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message?: unknown };
}

const [folder = "", verb = "", ...rest] = process.argv.slice(2);
process.exitCode = await run();

async function run(): Promise<number> {
  try {
    if (verb === "mcp" && rest.length === 0) return await bridge();
    if (verb === "list" && rest.length === 0) return await list();
    const [name, input = "{}", ...tooMuch] = rest;
    if (verb === "call" && name !== undefined && tooMuch.length === 0) {
      return await call(name, input === "-" ? await text(process.stdin) : input);
    }
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error), 1);
  }
  return fail(usage, 2);
}

/** Bytes in, bytes out: the run's own process speaks MCP. */
async function bridge(): Promise<number> {
  const socket = await open();
  process.stdin.pipe(socket);
  socket.pipe(process.stdout);
  await new Promise<void>((resolve, reject) => {
    socket.once("close", () => resolve());
    socket.once("error", reject);
  });
  process.stdin.destroy();
  return 0;
}

async function list(): Promise<number> {
  const result = await ask("tools/list", {});
  const tools: unknown = Reflect.get(result, "tools");
  for (const tool of Array.isArray(tools) ? tools : []) say(JSON.stringify(tool));
  return 0;
}

async function call(name: string, input: string): Promise<number> {
  let given: unknown;
  try {
    given = JSON.parse(input);
  } catch {
    return fail("The input is not JSON.", 2);
  }
  const result = await ask("tools/call", { name, arguments: given });
  const content: unknown = Reflect.get(result, "content");
  const words = (Array.isArray(content) ? content : []).map((part) => String(part?.text ?? ""));
  if (Reflect.get(result, "isError") === true) return fail(words.join("\n"), 1);
  say(words.join("\n"));
  return 0;
}

async function ask(method: string, parameters: object): Promise<object> {
  const socket = await open();
  const timer = setTimeout(() => {
    socket.destroy(new Error(`Signalbox did not answer within ${answerLimitMs} ms.`));
  }, answerLimitMs);
  const send = (message: object): void => {
    socket.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  };
  const clientInfo = { name: "signalbox-tool", version: "1" };
  const hello = { protocolVersion: mcpRevision, capabilities: {}, clientInfo };
  try {
    send({ id: 1, method: "initialize", params: hello });
    for await (const reply of replies(socket)) {
      if (reply.error !== undefined) throw new Error(String(reply.error.message));
      if (reply.id === 1) {
        send({ method: "notifications/initialized" });
        send({ id: 2, method, params: parameters });
      } else if (reply.id === 2 && typeof reply.result === "object" && reply.result !== null) {
        return reply.result;
      }
    }
    throw new Error(cutOff);
  } catch (error) {
    throw isCut(error) ? new Error(cutOff, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

async function* replies(socket: Socket): AsyncGenerator<Reply> {
  let pending = "";
  socket.setEncoding("utf8");
  for await (const chunk of socket) {
    const lines = `${pending}${String(chunk)}`.split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) {
      const reply: Reply = JSON.parse(line);
      yield reply;
    }
  }
}

async function open(): Promise<Socket> {
  const token = readFileSync(join(folder, "token"), "utf8");
  const socket = connect(join(folder, "socket"));
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  socket.write(`${token}\n`);
  return socket;
}

function isCut(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && /^(EPIPE|ECONNRESET)$/.test(String(error.code))
  );
}

function say(words: string): void {
  process.stdout.write(`${words}\n`);
}

function fail(words: string, code: number): number {
  process.stderr.write(words.endsWith("\n") ? words : `${words}\n`);
  return code;
}
