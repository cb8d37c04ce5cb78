// Speaks the protocol of Claude Code, as far as the backend's tests need it: `scripted-claude.ts <scenario> …arguments`.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, fstatSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const [scenario = "success", ...parameters] = process.argv.slice(2);
const { values } = parseArgs({
  args: parameters,
  strict: false,
  options: {
    resume: { type: "string" },
    "session-id": { type: "string" },
    "permission-mode": { type: "string" },
  },
});
const sessionId = String(values.resume ?? values["session-id"] ?? randomUUID());
const memory = join(process.env["CLAUDE_CONFIG_DIR"] ?? ".", `${sessionId}.jsonl`);
const mib = 1 << 20;

type Properties = Readonly<Record<string, unknown>>;

function write(message: Properties): void {
  process.stdout.write(`${JSON.stringify({ ...message, session_id: sessionId })}\n`);
}

function say(text: string, more: Properties = {}): void {
  const message = { id: randomUUID(), model: "scripted", role: "assistant", content: [{ type: "text", text }] };
  write({ type: "assistant", message: { ...message, usage: { input_tokens: 10 } }, ...more });
}

function end(more: Properties = {}): void {
  const used = { scripted: { inputTokens: 10, outputTokens: 5, costUSD: 0.01, costBasis: "list" } };
  write({
    type: "result",
    subtype: "success",
    is_error: false,
    terminal_reason: "completed",
    result: "Done.",
    permission_denials: [],
    modelUsage: used,
    model_usage_since_last_result: used,
    ...more,
  });
}

function fail(error: string, status: number, text: string): void {
  say(text, { error });
  end({ is_error: true, terminal_reason: "api_error", api_error_status: status, result: text });
}

function ask(subtype: string, more: Properties = {}): void {
  write({ type: "control_request", request_id: "asked", request: { subtype, ...more } });
}

function remember(prompt: string): readonly string[] {
  appendFileSync(memory, `${JSON.stringify(prompt)}\n`);
  return readFileSync(memory, "utf8").trimEnd().split("\n").map((line): string => JSON.parse(line));
}

/** The key as Claude Code gets it. */
function key(): string {
  const descriptor = Number(process.env["CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR"] ?? -1);
  return descriptor < 0 || !fstatSync(descriptor) ? "" : readFileSync(descriptor, "utf8");
}

const turns: Readonly<Record<string, (prompt: string) => void>> = {
  success: () => {
    say("working");
    writeFileSync("conformance.txt", "done");
    end();
  },
  failure: () => fail("authentication_failed", 401, "Invalid API key"),
  hang: () => say("working"),
  deaf: () => say("working"),
  crash: () => {
    say("working");
    process.stdout.write("", () => process.kill(process.pid, "SIGSEGV"));
  },
  exit: () => process.exit(0),
  echo: (prompt) => {
    say(remember(prompt).join("\n"));
    end();
  },
  ask: () => {
    const questions = [{ question: "Which database?", options: [{ label: "one" }] }];
    ask("can_use_tool", { tool_name: "AskUserQuestion", input: { questions } });
  },
  unknown: () => ask("open_a_window"),
  quota: () => {
    const info = { status: "rejected", resetsAt: 2_524_608_000, utilization: 1 };
    write({ type: "rate_limit_event", rate_limit_info: info });
    fail("rate_limit", 429, "You've hit your limit");
  },
  flood: () => {
    const text = "All work and no play makes Jack a dull boy.\n".repeat(100);
    for (let written = 0; written < 32 * mib; written += text.length) say(text);
    end();
  },
  noise: () => {
    process.stdout.write(Buffer.from([0xff, 0xfe, 0x20, 0x00, 0x0a]));
    process.stdout.write('{"type":"assistant","mess\n');
    process.stdout.write(`{"type":"control_request","request_id":"long","request":"${"x".repeat(4 * mib)}"}\n`);
    end();
  },
  stray: () => {
    spawn("setsid", ["sh", "-c", "trap '' TERM; sleep 61; sleep 61"], { stdio: "ignore" });
    say("working");
  },
  leak: () => {
    const all = `${JSON.stringify(process.env)} ${key()}`;
    say(all);
    fail("server_error", 500, all);
  },
  mode: () => end(),
  retry: () => {
    const retry = { attempt: 1, max_retries: 5, retry_delay_ms: 3_600_000, error_status: 429 };
    write({ type: "system", subtype: "api_retry", error: "rate_limit", ...retry });
  },
  login: () => {
    const retry = { attempt: 1, max_retries: 5, retry_delay_ms: 500, error_status: 401 };
    write({ type: "system", subtype: "api_retry", error: "authentication_failed", ...retry });
  },
};

interface Incoming {
  readonly type: string;
  readonly request_id?: string;
  readonly message?: { readonly content: string };
  readonly request?: { readonly subtype: string };
  readonly response?: unknown;
}

function take(line: string): void {
  const { type, request_id, message, request, response: answer }: Incoming = JSON.parse(line);
  if (message !== undefined) {
    const mode = scenario === "mode" ? "bypassPermissions" : values["permission-mode"];
    write({ type: "system", subtype: "init", model: "scripted", permissionMode: mode, claude_code_version: "2.1.330", apiKeySource: "ANTHROPIC_API_KEY", mcp_servers: [] });
    turns[scenario]?.(message.content);
  } else if (type === "control_response") {
    if (scenario === "unknown") say(JSON.stringify(answer));
    end(scenario === "ask" ? { is_error: true, terminal_reason: "aborted_tools" } : {});
  } else if (request?.subtype === "initialize") {
    if (scenario === "mute") return;
    const response = { subtype: "success", request_id, response: {} };
    write({ type: "control_response", response });
  } else if (request?.subtype === "interrupt" && scenario !== "deaf") {
    end({ subtype: "error_during_execution", is_error: true, terminal_reason: "aborted_streaming" });
  }
}

if (values.resume !== undefined && !existsSync(memory)) {
  const text = `No conversation found with session ID: ${sessionId}`;
  end({ subtype: "error_during_execution", is_error: true, errors: [text] });
  process.stderr.write(`${text}\n`, () => process.exit(1));
} else {
  createInterface({ input: process.stdin }).on("line", take).on("close", () => {
    if (scenario !== "hang") process.exit(0);
  });
}
