import { ClaudeBackend } from "../index.ts";

/** A process of its own: one session, one turn. Says its session id on standard output. */
const [baseUrl = "", cwd = "", sessionFolder = "", runId = ""] = process.argv.slice(2);
const backend = new ClaudeBackend({ apiKey: "local-key-0123456789", baseUrl, permissions: "full" });
const session = await backend.startSession({
  cwd,
  resume: null,
  environment: { SIGNALBOX_RUN_ID: runId },
  sessionFolder,
  limits: { startupTimeoutMs: 10_000, silenceTimeoutMs: 0, graceMs: 200, maxLineBytes: 1 << 20 },
  tools: { list: () => [], call: () => Promise.reject(new Error("no tools")), mcp: null },
  signal: new AbortController().signal,
  transcribe: () => undefined,
  emit: () => undefined,
});
process.stdout.write(`${session.sessionId}\n`);
const outcome = await session.runTurn("Do it", new AbortController().signal);
process.stdout.write(`${JSON.stringify({ outcome, rss: process.memoryUsage().rss })}\n`);
await session.close();
