import type { JsonValue } from "@signalbox/contracts";
import { isJsonObject } from "./fields.ts";
import { workflowSchema } from "./workflow-schema.ts";

/** A key that a workflow file may have. */
export interface KeyNode {
  /** `undefined`: computed from other keys, or none. */
  readonly default: JsonValue | undefined;
  /** Keys of a section; `null` for a plain value and for a map whose keys are free. */
  readonly keys: KeyTree | null;
}
export type KeyTree = ReadonlyMap<string, KeyNode>;

/** The keys that the schema knows, read from the schema itself. */
export const keyTree: KeyTree = readTree(workflowSchema) ?? new Map();

function readTree(schema: unknown): KeyTree | null {
  if (typeof schema !== "object" || schema === null) return null;
  if ("entries" in schema && typeof schema.entries === "object" && schema.entries !== null) {
    return new Map(Object.entries(schema.entries).map(([key, entry]) => [key, readNode(entry)]));
  }
  return "wrapped" in schema ? readTree(schema.wrapped) : null;
}

function readNode(entry: unknown): KeyNode {
  const keys = readTree(entry);
  const hasDefault = typeof entry === "object" && entry !== null && "default" in entry;
  return { keys, default: hasDefault && keys === null ? asJson(entry.default) : undefined };
}

function asJson(value: unknown): JsonValue | undefined {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  if (Array.isArray(value)) return [];
  return isJsonObject(value) ? value : undefined;
}
