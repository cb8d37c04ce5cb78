/** Speaks as `codex app-server` does, and behaves as its first argument says. The second one is for that behaviour. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

interface Received {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
}

const [behaviour = "success", detail = ""] = process.argv.slice(2);
const home = process.env["HOME"] ?? ".";
const tokens = { inputTokens: 150, cachedInputTokens: 50, cacheWriteInputTokens: 10, outputTokens: 20 };
let threadId = "";
let turnId = "";
let spoken = "";
let waiting = new Set<number | string>();

function send(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function tell(method: string, params: Record<string, unknown>): void {
  send({ method, params: { threadId, turnId, ...params } });
}

function say(text: string): void {
  tell("item/completed", { item: { type: "agentMessage", id: randomUUID(), text } });
}

function complete(status: string, error: unknown = null): void {
  tell("turn/completed", { turn: { id: turnId, status, error } });
}

/** Where a thread keeps the prompts that it got. */
function memory(): string {
  return join(home, `thread-${threadId}`);
}

function begin({ params = {} }: Received, isResumed: boolean): unknown {
  const asked = String(params["threadId"] ?? "");
  if (isResumed && !existsSync(join(home, `thread-${asked}`))) return null;
  threadId = isResumed ? asked : randomUUID();
  if (!isResumed) writeFileSync(memory(), "");
  const types = new Map([
    ["read-only", "readOnly"],
    ["workspace-write", "workspaceWrite"],
    ["danger-full-access", "dangerFullAccess"],
  ]);
  const sandbox = { type: types.get(String(params["sandbox"])), networkAccess: false };
  return {
    thread: { id: threadId },
    model: "fake-model",
    modelProvider: "fake",
    approvalPolicy: params["approvalPolicy"],
    sandbox,
    ...(behaviour === "other-settings" ? JSON.parse(detail) : {}),
  };
}

function used(turns: number): void {
  const total = Object.fromEntries(Object.entries(tokens).map(([key, value]) => [key, value * turns]));
  tell("thread/tokenUsage/updated", { tokenUsage: { total, last: tokens } });
}

async function play(prompt: string): Promise<void> {
  const before = readFileSync(memory(), "utf8");
  writeFileSync(memory(), `${before}${prompt}\n`);
  const turns = before.split("\n").length;
  switch (behaviour) {
    case "failure":
      say("working");
      return complete("failed", { message: "no key", codexErrorInfo: "unauthorized" });
    case "hang":
      return say("working");
    case "stray": {
      const stubborn = "process.on('SIGTERM', () => {}); setTimeout(() => {}, 61_000)";
      spawn(process.execPath, ["-e", stubborn], { detached: true, stdio: "ignore" }).unref();
      return say("working");
    }
    case "crash":
      say("working");
      return void process.kill(process.pid, "SIGSEGV");
    case "echo":
      say(`${before}${prompt}`);
      return complete("completed");
    case "usage":
      used(turns);
      used(turns);
      return complete("completed");
    case "ask": {
      const questions = [{ id: "a", question: "Which database?", options: null }];
      return send({ method: "item/tool/requestUserInput", id: 1, params: { threadId, turnId, questions } });
    }
    case "quota": {
      const primary = { usedPercent: 100, windowDurationMins: 300, resetsAt: 2_524_608_000 };
      tell("account/rateLimits/updated", { rateLimits: { primary, secondary: null } });
      return complete("failed", { message: "You've hit your usage limit.", codexErrorInfo: "usageLimitExceeded" });
    }
    case "flood": {
      const text = "All work and no play. ".repeat(200);
      for (let index = 0; index < 7_680; index += 1) {
        say(text);
        if (process.stdout.writableNeedDrain) await new Promise((done) => process.stdout.once("drain", done));
      }
      return complete("completed");
    }
    case "noise":
      process.stdout.write(Buffer.from([0xff, 0xfe, 0x20, 0x61, 0x00, 0x62, 0x0a]));
      process.stdout.write('{"method":"turn/comp\n[]\nnull\n7\n{"id":99}\n');
      say("x".repeat(1 << 22));
      return complete("completed");
    case "leak": {
      const text = `${detail} ${JSON.stringify(process.env)}`;
      say(text);
      process.stderr.write(`${text}\n`);
      return complete("failed", { message: text, codexErrorInfo: "other" });
    }
    case "waiting": {
      const messages: unknown[] = JSON.parse(detail);
      return messages.forEach(send);
    }
    case "messages": {
      const messages: Record<string, unknown>[] = JSON.parse(detail);
      waiting = new Set(messages.flatMap(({ id }) => (typeof id === "number" ? [id] : [])));
      for (const message of messages) send(message);
      return waiting.size === 0 ? complete("completed") : undefined;
    }
    case "long-end":
      return complete("completed", { message: "x".repeat(100_000) });
    case "exit":
      process.exitCode = Number(detail);
      return void process.stdin.destroy();
    default:
      say("working");
      writeFileSync("conformance.txt", "done");
      return complete("completed");
  }
}

function take(received: Received): void {
  const { id, method, params = {} } = received;
  if (method === undefined) {
    if (id === undefined || !waiting.delete(id)) return;
    spoken += `${JSON.stringify(received)}\n`;
    if (waiting.size > 0) return;
    say(spoken);
    return complete("completed");
  }
  switch (method) {
    case "initialize":
      if (behaviour === "mute") return;
      if (behaviour === "no-version") return send({ id, result: {} });
      return send({ id, result: { userAgent: `signalbox/${behaviour === "old" ? "0.100.0" : "0.169.0"} (x)` } });
    case "thread/start":
    case "thread/resume": {
      const result = begin(received, method === "thread/resume");
      return send(
        result === null
          ? { id, error: { code: -32_600, message: "no rollout found for thread id" } }
          : { id, result },
      );
    }
    case "account/read":
      return send({ id, result: { account: null, requiresOpenaiAuth: true } });
    case "turn/start": {
      if (behaviour === "refuse-turn") return send({ id, error: { code: -32_602, message: detail } });
      turnId = randomUUID();
      send({ id, result: { turn: { id: turnId, status: "inProgress" } } });
      tell("turn/started", { turn: { id: turnId, status: "inProgress" } });
      const [input] = params["input"] as { text: string }[];
      return void play(input?.text ?? "");
    }
    case "turn/interrupt":
      send({ id, result: {} });
      return complete("interrupted");
    default:
      if (id !== undefined) send({ id, error: { code: -32_600, message: "unknown variant" } });
  }
}

createInterface({ input: process.stdin }).on("line", (line) => take(JSON.parse(line)));
