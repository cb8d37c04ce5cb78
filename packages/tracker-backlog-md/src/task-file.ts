import { SignalboxError } from "@signalbox/contracts";
import { readTask } from "./task-record.ts";
import type { TaskRecord } from "./task-record.ts";
import type { TextFile } from "./text-file.ts";

/** One file of the backlog's, read. */
export interface TaskFile {
  readonly path: string;
  /** From the folder that holds the backlog: `backlog/tasks/task-1 - Title.md`. */
  readonly name: string;
  /** The id that the file's name says. */
  readonly idByName: string;
  /** Whether it is among the completed ones. */
  readonly isCompleted: boolean;
  readonly content: TextFile | null;
  /** The task, or why it cannot be read as one. */
  readonly task: TaskRecord | SignalboxError;
}

/** The task in a text, or why there is none. */
export function taskIn(text: string, name: string, prefix: string): TaskRecord | SignalboxError {
  try {
    return readTask(text, name, prefix);
  } catch (error) {
    if (SignalboxError.isInstance(error) && error.code === "tracker_payload") return error;
    throw error;
  }
}

export function isTask(task: TaskRecord | SignalboxError): task is TaskRecord {
  return !SignalboxError.isInstance(task);
}
