// An agent of the Agent Client Protocol that plays a scenario: `scripted-agent.ts <scenario> [folder for its memory]`.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import {
  agent,
  type AgentContext,
  methods,
  ndJsonStream,
  type PromptResponse,
  RequestError,
  type SessionUpdate,
} from "@agentclientprotocol/sdk";

const [scenario = "success", folder = "."] = process.argv.slice(2);
const mib = 1 << 20;

interface Turn {
  readonly client: AgentContext;
  readonly sessionId: string;
  readonly prompt: string;
}

let canceled = Promise.withResolvers<void>();
let cwd = ".";

const update = (turn: Turn, said: SessionUpdate): Promise<void> =>
  turn.client.notify(methods.client.session.update, { sessionId: turn.sessionId, update: said });

const say = (turn: Turn, text: string): Promise<void> =>
  update(turn, { sessionUpdate: "agent_message_chunk", content: { type: "text", text } });

const memoryOf = (sessionId: string): string => join(folder, `${sessionId}.memory`);

function remember({ sessionId, prompt }: Turn): string {
  appendFileSync(memoryOf(sessionId), `${JSON.stringify(prompt)}\n`);
  const lines = readFileSync(memoryOf(sessionId), "utf8").trimEnd().split("\n");
  return lines.map((line): string => JSON.parse(line)).join("\n");
}

async function untilCanceled(): Promise<PromptResponse> {
  await canceled.promise;
  return { stopReason: "cancelled" };
}

async function untilKilled(): Promise<never> {
  setInterval(() => undefined, 60_000);
  return new Promise<never>(() => undefined);
}

/** Asks for each `[method, parameters]` of the prompt, one after the other, and says what comes of it. */
async function ask(turn: Turn): Promise<void> {
  const calls: [string, object][] = JSON.parse(turn.prompt);
  const answers = new Map<string, unknown>();
  for (const [method, parameters] of calls) {
    const filled = JSON.parse(
      JSON.stringify({ sessionId: turn.sessionId, ...parameters }).replaceAll("TERMINAL", () =>
        String(answers.get("terminalId")),
      ),
    );
    try {
      const answer = await turn.client.request<object, object>(method, filled);
      for (const [key, value] of Object.entries(answer)) answers.set(key, value);
      await say(turn, `${JSON.stringify(answer)}\n`);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      await say(turn, `${JSON.stringify({ code: error.code, message: error.message })}\n`);
    }
  }
}

const scenarios: Readonly<Record<string, (turn: Turn) => Promise<PromptResponse | void>>> = {
  success: async (turn) => {
    await say(turn, "working");
    writeFileSync(join(cwd, "conformance.txt"), "done");
  },
  failure: async (turn) => {
    await say(turn, "working");
    throw new RequestError(-32_603, "Internal error", { details: "The disk of the model is full" });
  },
  hang: async (turn) => {
    await say(turn, "working");
    return untilCanceled();
  },
  deaf: async (turn) => {
    await say(turn, "working");
    return untilKilled();
  },
  crash: async (turn) => {
    await say(turn, "working");
    process.stderr.write("TypeError: it broke\n", () => process.exit(3));
    return untilKilled();
  },
  echo: (turn) => say(turn, remember(turn)),
  usage: async () => {
    const usage = {
      inputTokens: 10,
      outputTokens: 5,
      cachedReadTokens: 3,
      cachedWriteTokens: 2,
      totalTokens: 20,
    };
    return { stopReason: "end_turn", usage };
  },
  ask: async (turn) => {
    const { sessionId, client } = turn;
    await client.request(methods.client.elicitation.create, {
      mode: "form",
      sessionId,
      message: "Which database?",
      requestedSchema: { type: "object", properties: {} },
    });
    return untilCanceled();
  },
  quota: async () => {
    throw new RequestError(-32_603, "Internal error: 429 Too Many Requests, try again in 90 s");
  },
  flood: async (turn) => {
    const line = `${"All work and no play. ".repeat(40)}\n`;
    for (let bytes = 0; bytes < 32 * mib; bytes += line.length) await say(turn, line);
  },
  noise: async (turn) => {
    process.stdout.write(Buffer.from([0xff, 0xfe, 0x20, 0x61, 0, 0x62, 0x0a]));
    process.stdout.write(`{"jsonrpc":"2.0","method":"session/upd\n[]\n"x"\n{"jsonrpc":"2.0"}\n`);
    process.stdout.write(`{"jsonrpc":"2.0","id":999,"result":{}}\n`);
    process.stdout.write(`${"x".repeat(4 * mib)}\n`);
    await say(turn, "end");
  },
  stray: async (turn) => {
    const script = "trap '' TERM; sleep 61; sleep 61";
    spawn("setsid", ["sh", "-c", script], { stdio: "ignore" }).unref();
    await say(turn, "working");
    return untilCanceled();
  },
  leak: async (turn) => {
    const secrets = JSON.stringify(process.env);
    process.stderr.write(`Error: ${secrets}\n`);
    await say(turn, secrets);
    throw new RequestError(-32_603, `Internal error: ${secrets}`);
  },
  calls: ask,
  /** Each line of the prompt as it is. */
  raw: async ({ prompt }) => {
    await new Promise((resolve) => process.stdout.write(`${prompt}\n`, resolve));
  },
  updates: async (turn) => {
    const updates: SessionUpdate[] = JSON.parse(turn.prompt);
    for (const said of updates) await update(turn, said);
  },
  stop: async ({ prompt }) => JSON.parse(prompt),
};

function begin(sessionId: string, place: string): void {
  cwd = place;
  if (!existsSync(memoryOf(sessionId))) writeFileSync(memoryOf(sessionId), "");
}

const modes = {
  currentModeId: "default",
  availableModes: ["default", "plan"].map((id) => ({ id, name: id })),
};

if (scenario === "mute") await untilKilled();
agent({ name: "scripted" })
  .onRequest(methods.agent.initialize, () => ({
    protocolVersion: scenario === "old" ? 2 : 1,
    agentInfo: { name: "scripted", title: "Scripted", version: "1.2.3" },
    agentCapabilities: { loadSession: scenario !== "forgetful" },
    authMethods: [{ id: "token", name: "Token" }],
  }))
  .onRequest(methods.agent.authenticate, ({ params }) => {
    writeFileSync(join(folder, "login"), params.methodId);
    return {};
  })
  .onRequest(methods.agent.session.new, ({ params }) => {
    if (scenario === "login" && !existsSync(join(folder, "login"))) throw RequestError.authRequired();
    const sessionId = randomUUID();
    writeFileSync(join(folder, "session.json"), JSON.stringify(params));
    begin(sessionId, params.cwd);
    return { sessionId, modes };
  })
  .onRequest(methods.agent.session.load, async ({ params, client }) => {
    const { sessionId } = params;
    if (!existsSync(memoryOf(sessionId))) throw RequestError.resourceNotFound(sessionId);
    begin(sessionId, params.cwd);
    await say({ client, sessionId, prompt: "" }, "This was said before.");
    return { modes };
  })
  .onRequest(methods.agent.session.setMode, ({ params }) => {
    writeFileSync(join(folder, "mode"), params.modeId);
    return {};
  })
  .onNotification(methods.agent.session.cancel, () => canceled.resolve())
  .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
    canceled = Promise.withResolvers();
    const prompt = params.prompt.map((block) => (block.type === "text" ? block.text : "")).join("");
    const turn = { client, sessionId: params.sessionId, prompt };
    return (await (scenarios[scenario] ?? untilKilled)(turn)) ?? { stopReason: "end_turn" };
  })
  .connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)));
