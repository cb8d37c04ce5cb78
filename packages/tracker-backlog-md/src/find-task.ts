import type { SignalboxError } from "@signalbox/contracts";
import type { Backlog } from "./backlog.ts";
import type { Reading } from "./backlog-folder.ts";
import { trackerError } from "./file-error.ts";
import { isTask } from "./task-file.ts";
import type { TaskFile } from "./task-file.ts";
import type { TaskRecord } from "./task-record.ts";

export interface FoundTask {
  readonly file: TaskFile;
  readonly task: TaskRecord;
}

/** The task, by the first of its files. Throws `tracker_status` where it is gone, `tracker_payload` where it cannot be read. */
export function findTask({ backlog, place }: Reading, issueId: string): FoundTask {
  const [file] = backlog.files.get(issueId) ?? [];
  if (file === undefined || !isTask(file.task)) throw absence(backlog, place.name, issueId);
  return { file, task: file.task };
}

function absence(backlog: Backlog, name: string, issueId: string): SignalboxError {
  const error = backlog.unreadable.get(issueId);
  if (error !== undefined) return error;
  return trackerError("tracker_status", `the backlog ${name} has no task ${issueId} (any more)`, {
    remedy: "See whether it was archived or made a draft.",
  });
}
