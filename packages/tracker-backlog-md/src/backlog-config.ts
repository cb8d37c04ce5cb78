import type { StateKind } from "@signalbox/contracts";
import { parse } from "yaml";
import { trackerError } from "./file-error.ts";

/** What `config.yml` says of tasks. */
export interface BacklogConfig {
  /** In the order of the work; never empty. */
  readonly statuses: readonly string[];
  readonly defaultStatus: string;
  /** Lower-cased, the most urgent first. */
  readonly priorities: readonly string[];
  /** Of ids: letters. */
  readonly prefix: string;
}

const leastUrgent = 4;

/** What the program takes where nothing is configured. Throws `tracker_config` where the text is no YAML. */
export function readConfig(text: string, name: string): BacklogConfig {
  const fields = configFields(text, name);
  const statuses = listOf(fields["statuses"]);
  const known = statuses.length === 0 ? ["To Do", "In Progress", "Done"] : statuses;
  const priorities = listOf(fields["priorities"]).map(foldState);
  const wantedDefault =
    typeof fields["default_status"] === "string" ? fields["default_status"] : "";
  const prefix = fields["task_prefix"];
  return {
    statuses: known,
    defaultStatus: knownStatus(known, wantedDefault) ?? known[0] ?? "To Do",
    priorities: priorities.length === 0 ? ["high", "medium", "low"] : priorities,
    prefix: typeof prefix === "string" && /^[a-z]+$/i.test(prefix) ? prefix : "task",
  };
}

/** The status as it is configured; `null` where it is not. */
export function knownStatus(statuses: readonly string[], wanted: string): string | null {
  return statuses.find((status) => foldState(status) === foldState(wanted)) ?? null;
}

/** The last status is completed, the default one and those before it are unstarted, the others started. */
export function kindOf(
  { statuses, defaultStatus }: BacklogConfig,
  status: string,
): StateKind | null {
  const at = statuses.findIndex((known) => foldState(known) === foldState(status));
  if (at === -1) return null;
  if (at === statuses.length - 1) return "completed";
  return at <= statuses.indexOf(defaultStatus) ? "unstarted" : "started";
}

/** 1 for the most urgent one, and so on; `null` for one that is not configured, or beyond the fourth. */
export function rankOf({ priorities }: BacklogConfig, priority: string | null): number | null {
  const rank = priorities.indexOf(foldState(priority ?? "")) + 1;
  return rank === 0 || rank > leastUrgent ? null : rank;
}

export function foldState(text: string): string {
  return text.trim().toLowerCase();
}

/** The top level of a configuration. Throws `tracker_config` where it is no YAML. */
export function configFields(text: string, name: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = parse(text, { logLevel: "error" });
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch (error) {
    throw trackerError("tracker_config", `${name} is no YAML`, {
      remedy: "Mend the file; `backlog config list` tells whether the program can read it.",
      cause: error,
    });
  }
}

function listOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  const items: readonly unknown[] = value;
  return items.flatMap((item) =>
    typeof item === "string" && item.trim() !== "" ? item.trim() : [],
  );
}
