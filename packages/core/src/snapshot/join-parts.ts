import { isRecord } from "./canonical-text.ts";

const lists = ["issues", "claims", "executions", "workspaces", "orders"] as const;

/**
 * One record of everything that a snapshot holds. Version 1 was such a record; later ones are lists of parts, whose
 * first says the version. Version 2 held no orders about the mark of a claim. `null`: neither, or of a version after
 * `newest`.
 */
export function joinParts(
  snapshot: unknown,
  newest: number,
): Readonly<Record<string, unknown>> | null {
  if (!Array.isArray(snapshot)) return isRecord(snapshot) && snapshot["v"] === 1 ? snapshot : null;
  const [head, ...parts]: readonly unknown[] = snapshot;
  if (!isRecord(head) || !isVersionOfParts(head["v"], newest)) return null;
  const joined = new Map<string, unknown[]>(lists.map((list) => [list, []]));
  for (const part of parts) {
    const list = isRecord(part) ? joined.get(String(part["list"])) : undefined;
    if (list === undefined || !isRecord(part) || !Array.isArray(part["items"])) return null;
    for (const item of part["items"]) list.push(item);
  }
  return { ...head, ...Object.fromEntries(joined) };
}

function isVersionOfParts(v: unknown, newest: number): boolean {
  return typeof v === "number" && Number.isInteger(v) && v >= 2 && v <= newest;
}
