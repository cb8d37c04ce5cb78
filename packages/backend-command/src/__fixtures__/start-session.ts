import { tmpdir } from "node:os";
import type { AgentEvent, Session, SessionLimits, SessionOrder } from "@signalbox/contracts";
import { CommandBackend, type CommandOptions } from "../index.ts";

/** A session under test, with what it has said. */
export interface TestSession {
  readonly session: Session;
  readonly events: readonly AgentEvent[];
  readonly transcript: readonly string[];
  /** The text of all messages, one after the other. */
  readonly messages: () => string;
  /** Resolves with the first message that has the text. */
  readonly message: (text: string) => Promise<string>;
}

type OrderOverrides = Partial<Omit<SessionOrder, "limits" | "emit" | "transcribe">> & {
  readonly limits?: Partial<SessionLimits>;
};

export async function startSession(
  options: CommandOptions,
  overrides: OrderOverrides = {},
): Promise<TestSession> {
  const events: AgentEvent[] = [];
  const transcript: string[] = [];
  let heard = Promise.withResolvers<void>();
  const texts = (): string[] =>
    events.flatMap((event) => (event.type === "message" ? [event.text] : []));
  const session = await new CommandBackend(options).startSession({
    cwd: tmpdir(),
    resume: null,
    environment: {},
    tools: { list: () => [], call: () => Promise.reject(new Error("no tools")), mcp: null },
    signal: new AbortController().signal,
    ...overrides,
    limits: {
      startupTimeoutMs: 10_000,
      silenceTimeoutMs: 0,
      graceMs: 200,
      maxLineBytes: 1 << 20,
      ...overrides.limits,
    },
    transcribe: (line) => transcript.push(line),
    emit: (event) => {
      events.push(event);
      heard.resolve();
      heard = Promise.withResolvers();
    },
  });
  return {
    session,
    events,
    transcript,
    messages: () => texts().join("\n"),
    message: async (text) => {
      for (;;) {
        const found = texts().find((candidate) => candidate.includes(text));
        if (found !== undefined) return found;
        await heard.promise;
      }
    },
  };
}

export const never: AbortSignal = new AbortController().signal;

/** A program that is one line of a shell script, given as an argument: the shell here belongs to the agent. */
export function script(text: string): [string, ...string[]] {
  return ["sh", "-c", text, "agent"];
}
