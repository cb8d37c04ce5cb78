import type { SignalboxError } from "@signalbox/contracts";
import { readDate } from "./backlog-date.ts";
import { descriptionIn } from "./description.ts";
import { payload } from "./file-error.ts";
import { bodyStartOf, readFields } from "./front-matter.ts";
import { canonicalId } from "./task-id.ts";

/** A task as its file says it. */
export interface TaskRecord {
  readonly id: string;
  /** As it is written: the program's locks go by it. */
  readonly writtenId: string;
  readonly title: string;
  readonly status: string;
  readonly description: string | null;
  readonly assignee: string | null;
  readonly labels: readonly string[];
  /** As they are written. */
  readonly dependencies: readonly string[];
  readonly priority: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly parent: string | null;
  readonly milestone: string | null;
}

/** Throws `tracker_payload` where the file is no task: without front matter, id, title or status. */
export function readTask(text: string, name: string, prefix: string): TaskRecord {
  const fields = readFields(text, name);
  const id = canonicalId(textOf(fields["id"]), prefix);
  if (id === null) throw lacks(name, "id", `${prefix.toUpperCase()}-1`);
  const title = textOf(fields["title"]);
  if (title === "") throw lacks(name, "title", "What it is about");
  const status = textOf(fields["status"]);
  if (status === "") throw lacks(name, "status", "To Do");
  return {
    id,
    writtenId: textOf(fields["id"]),
    title,
    status,
    description: descriptionIn(text.slice(bodyStartOf(text, name))),
    assignee: listOf(fields["assignee"])[0] ?? null,
    labels: [...new Set(listOf(fields["labels"]).map((label) => label.toLowerCase()))],
    dependencies: listOf(fields["dependencies"]),
    priority: textOf(fields["priority"]) || null,
    createdAt: readDate(textOf(fields["created_date"])),
    updatedAt: readDate(textOf(fields["updated_date"])),
    parent: textOf(fields["parent_task_id"]) || null,
    milestone: textOf(fields["milestone"]) || null,
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? `${value}`.trim() : "";
}

function listOf(value: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map(textOf).filter((item) => item !== "");
}

function lacks(name: string, field: string, example: string): SignalboxError {
  return payload(name, `has no ${field}`, `Write it, as in \`${field}: ${example}\`.`);
}
