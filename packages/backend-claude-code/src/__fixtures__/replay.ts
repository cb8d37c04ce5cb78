import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { AgentEvent, TurnOutcome } from "@signalbox/contracts";
import { parseStreamMessage } from "../parse-stream-message.ts";
import { decidePermission } from "../permission-policy.ts";
import { SessionReport } from "../session-report.ts";
import { Turn } from "../turn.ts";

const folder = join(import.meta.dirname, "transcripts");

/** What the real program has printed, by name. Long texts and lists are clipped. */
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
  const report = new SessionReport({
    sessionId: "given",
    pool: null,
    emit: (event) => events.push(event),
    redact: (text) => text,
  });
  let turn = new Turn();
  for (const line of lines) {
    const message = parseStreamMessage(line);
    if (message === null) continue;
    if (message.type === "init") report.begin(message);
    if (message.type === "control_request") decidePermission("accept-edits", message.request);
    if (message.type === "assistant") turn.noteError(message);
    report.relay(message);
    if (message.type !== "result") continue;
    turn.endWithResult(message, report.pool);
    turns.push(turn);
    turn = new Turn();
  }
  report.begin(null);
  return { events, turns };
}
