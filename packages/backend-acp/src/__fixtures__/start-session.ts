import { once } from "node:events";
import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentEvent, Session, SessionLimits, SessionOrder } from "@signalbox/contracts";
import { runCommand } from "@signalbox/process";
import { AcpBackend, type AcpOptions } from "../index.ts";

/** A session under test, with what it has said. */
export interface TestSession {
  readonly session: Session;
  readonly events: readonly AgentEvent[];
  readonly transcript: readonly string[];
  /** Resolves with the first event, past or to come, that the predicate takes. */
  readonly event: (isWanted: (event: AgentEvent) => boolean) => Promise<AgentEvent>;
}

export type OrderOverrides = Partial<Omit<SessionOrder, "limits" | "emit" | "transcribe">> & {
  readonly limits?: Partial<SessionLimits>;
};

export const never: AbortSignal = new AbortController().signal;

export function orderOf(
  overrides: OrderOverrides,
  emit: SessionOrder["emit"],
  transcribe: SessionOrder["transcribe"] = () => undefined,
): SessionOrder {
  return {
    cwd: tmpdir(),
    resume: null,
    environment: {},
    tools: { list: () => [], call: () => Promise.reject(new Error("no tools")), mcp: null },
    signal: never,
    ...overrides,
    limits: {
      startupTimeoutMs: 60_000,
      silenceTimeoutMs: 0,
      graceMs: 5_000,
      maxLineBytes: 1 << 20,
      ...overrides.limits,
    },
    transcribe,
    emit,
  };
}

export async function startSession(
  options: AcpOptions,
  overrides: OrderOverrides,
): Promise<TestSession> {
  const events: AgentEvent[] = [];
  const transcript: string[] = [];
  const heard = new EventTarget();
  const emit = (event: AgentEvent): void => {
    events.push(event);
    heard.dispatchEvent(new Event("event"));
  };
  const order = orderOf(overrides, emit, (line) => transcript.push(line));
  const session = await new AcpBackend(options).startSession(order);
  const event: TestSession["event"] = async (isWanted) => {
    for (;;) {
      const found = events.find(isWanted);
      if (found !== undefined) return found;
      await once(heard, "event");
    }
  };
  return { session, events, transcript, event };
}

/** A git repository with one commit, in `folder`. */
export async function makeRepository(folder: string): Promise<string> {
  const path = await realpath(await mkdtemp(join(folder, "repository-")));
  await git(path, "init", "--quiet");
  await git(path, "config", "user.name", "Test");
  await git(path, "config", "user.email", "test@example.invalid");
  await git(path, "commit", "--quiet", "--allow-empty", "--message", "Begin");
  return path;
}

export async function git(cwd: string, ...parameters: readonly string[]): Promise<string> {
  const { stdout, stderr, exit } = await runCommand({
    command: ["git", ...parameters],
    cwd,
    environment: { PATH: process.env["PATH"] ?? "", HOME: cwd },
    runMarker: null,
    graceMs: 100,
    timeoutMs: 20_000,
  });
  if (exit.code !== 0) throw new Error(`git ${parameters.join(" ")}: ${stderr.text}`);
  return stdout.text;
}
