import { randomUUID } from "node:crypto";
import { SessionFile } from "./session-file.ts";
import { SessionLog } from "./session-log.ts";

export interface OpenedLog {
  readonly sessionId: string;
  readonly log: SessionLog;
  /** Why the session that was asked for is not the one that is gone on with; `null` where it is. */
  readonly startedAfresh: string | null;
}

const reasons = {
  "context-too-long": "It had become too long for the model",
  refusal: "The model refused to go on with it",
} as const;

/** Opens the session that is asked for, or where it cannot be gone on with, a new one. */
export async function openSessionLog(folder: string, resume: string | null): Promise<OpenedLog> {
  if (resume === null) return startAfresh(folder, null);
  const found = await SessionFile.resume(folder, resume);
  if (found === null) return startAfresh(folder, "It is not known here, or its file is damaged");
  const log = new SessionLog(found.file, found.entries);
  const { closed } = log.conversation;
  if (closed === null) return { sessionId: resume, log, startedAfresh: null };
  await log.close();
  return startAfresh(folder, reasons[closed]);
}

async function startAfresh(folder: string, startedAfresh: string | null): Promise<OpenedLog> {
  const sessionId = randomUUID();
  const log = new SessionLog(await SessionFile.create(folder, sessionId), []);
  return { sessionId, log, startedAfresh };
}
