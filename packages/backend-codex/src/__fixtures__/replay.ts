import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { AgentEvent, TurnOutcome } from "@signalbox/contracts";
import { decideRequest } from "../decide-request.ts";
import { parseMessage } from "../parse-message.ts";
import { SessionReport } from "../session-report.ts";
import { parseThreadAnswer } from "../thread-settings.ts";
import { Turn } from "../turn.ts";

const folder = join(import.meta.dirname, "transcripts");

/** What the real program has printed, by name. Without what depends on the machine. */
export const transcripts: ReadonlyMap<string, readonly string[]> = new Map(
  readdirSync(folder).map((file) => [
    basename(file, ".jsonl"),
    readFileSync(join(folder, file), "utf8").trimEnd().split("\n"),
  ]),
);

export interface Replayed {
  readonly events: readonly AgentEvent[];
  /** One for each turn that came to its end. */
  readonly outcomes: readonly TurnOutcome[];
}

/** Reads lines as a session does, without a program. */
export async function replay(lines: readonly string[]): Promise<Replayed> {
  const { events, turns } = read(lines);
  return { events, outcomes: await Promise.all(turns.map((turn) => turn.outcome)) };
}

/** The same, without waiting for anything. */
export function read(lines: readonly string[]): { events: AgentEvent[]; turns: Turn[] } {
  const events: AgentEvent[] = [];
  const turns: Turn[] = [];
  const messages = lines.map(parseMessage).filter((message) => message !== null);
  const [thread] = messages.flatMap((message) => {
    if (message.kind !== "response" || message.reply.kind !== "result") return [];
    return parseThreadAnswer(message.reply.result) ?? [];
  });
  const report = new SessionReport({
    threadId: thread?.threadId ?? "unknown",
    model: thread?.model ?? null,
    pool: "codex",
    emit: (event) => events.push(event),
    redact: (text) => text,
  });
  for (const message of messages) {
    if (message.kind === "request") decideRequest(message, "accept-edits");
    if (message.kind !== "notification") continue;
    const { notification } = message;
    if (notification.type === "turn-started") report.begin(notification.turnId);
    report.relay(notification);
    if (notification.type !== "turn-completed") continue;
    const turn = new Turn();
    turn.conclude(notification.status, notification.error, report.account);
    turn.settle();
    turns.push(turn);
  }
  return { events, turns };
}
