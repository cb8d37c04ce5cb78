import { writeDate } from "./backlog-date.ts";
import { hasField, insertBelow, replaceField } from "./front-matter.ts";
import { isTask, taskIn } from "./task-file.ts";

/**
 * The text with another status, and with `updated_date` as the program touches it; no other byte is changed. `null` where
 * the file cannot say that status.
 */
export function withStatus(text: string, status: string, nowMs: number): string | null {
  const changed = replaceField(text, "status", status);
  if (changed === null) return null;
  const task = taskIn(changed, "", "task");
  return isTask(task) && task.status === status ? withUpdatedDate(changed, nowMs) : null;
}

/** Where the field is written in a way that has no place for a date, it is left alone. */
export function withUpdatedDate(text: string, nowMs: number): string {
  const date = writeDate(nowMs);
  if (hasField(text, "updated_date")) return replaceField(text, "updated_date", date) ?? text;
  const line = `updated_date: '${date}'`;
  return insertBelow(text, "created_date", line) ?? insertBelow(text, "status", line) ?? text;
}
