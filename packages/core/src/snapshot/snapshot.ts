import type { JsonValue, WorkspaceRef } from "@signalbox/contracts";
import type { Claim } from "../claim.ts";
import { rebuiltState } from "../evolve/rebuild-index.ts";
import { createEmptyIndex } from "../evolve/index-draft.ts";
import type { Execution } from "../execution.ts";
import type { IssueSummary } from "../issue/issue-summary.ts";
import { TextHash } from "../issue/text-hash.ts";
import type { Order } from "../order.ts";
import { type OrderedMap, createTextMap } from "../ordered-map.ts";
import type { OrchestratorState } from "../state.ts";
import { canonicalText, isRecord } from "./canonical-text.ts";
import { toJson } from "./to-json.ts";
import { joinParts } from "./join-parts.ts";

/** Of the form that `snapshotParts` gives. `restoreState` reads this one and those before it. */
export const snapshotVersion = 3;

/** How many records one part of a snapshot holds at most: a few milliseconds of work. */
const recordsInPart = 250;

/** A state as it is kept: lists instead of maps, and no index. */
interface StateSnapshot extends Pick<
  OrchestratorState,
  "at" | "epoch" | "policy" | "gates" | "runCount" | "day" | "totals"
> {
  readonly issues: readonly IssueSummary[];
  readonly claims: readonly (readonly [string, Claim])[];
  readonly executions: readonly (readonly [string, Execution])[];
  readonly workspaces: readonly (readonly [string, WorkspaceRef])[];
  readonly orders: readonly Order[];
}

/**
 * Everything that a state holds but its index, in pieces that are made as they are asked for: a caller with other
 * things to do takes a rest between two of them. The pieces are those of this one state, whatever comes after it.
 */
export function* snapshotParts(state: OrchestratorState): Generator<JsonValue, void> {
  const { at, epoch, policy, gates, runCount, day, totals } = state;
  yield toJson({ v: snapshotVersion, at, epoch, policy, gates, runCount, day, totals });
  yield* partsOf("issues", state.issues.values());
  yield* partsOf("claims", state.claims.entries());
  yield* partsOf("executions", state.executions.entries());
  yield* partsOf("workspaces", state.workspaces.entries());
  yield* partsOf("orders", state.orders.values());
}

/** All parts at once. Survives `JSON.stringify`. */
export function snapshotOf(state: OrchestratorState): JsonValue {
  return [...snapshotParts(state)];
}

/** The state of a snapshot, its index derived anew. Throws a `TypeError` for what `snapshotOf` did not make. */
export function restoreState(snapshot: JsonValue): OrchestratorState {
  const value = joinParts(snapshot, snapshotVersion);
  if (!isSnapshot(value)) {
    throw new TypeError(`This is not a state snapshot of a version up to ${snapshotVersion}.`);
  }
  const { at, epoch, policy, gates, runCount, day, totals } = value;
  return rebuiltState({
    at,
    epoch,
    policy,
    gates,
    issues: mapOf(value.issues.map((issue) => [issue.id, issue])),
    claims: mapOf(value.claims),
    executions: mapOf(value.executions),
    workspaces: mapOf(value.workspaces),
    orders: mapOf(value.orders.map((order) => [order.key, order])),
    runCount,
    day,
    totals,
    index: createEmptyIndex(),
  });
}

/** Equal states have equal hashes, whatever their index and however they came about. */
export function hashState(state: OrchestratorState): string {
  const hash = new TextHash();
  for (const part of snapshotParts(state)) hash.add(canonicalText(part));
  return hash.digest(12);
}

function* partsOf(list: keyof StateSnapshot, records: Iterable<unknown>): Generator<JsonValue> {
  let items: unknown[] = [];
  for (const record of records) {
    items.push(record);
    if (items.length < recordsInPart) continue;
    yield toJson({ list, items });
    items = [];
  }
  if (items.length > 0) yield toJson({ list, items });
}

function mapOf<V>(entries: readonly (readonly [string, V])[]): OrderedMap<string, V> {
  return createTextMap(entries);
}

/** The frame is checked; what it holds is our own writing, under a version that is known. */
function isSnapshot(value: unknown): value is StateSnapshot {
  return (
    isRecord(value) &&
    ["at", "epoch", "runCount"].every((key) => typeof value[key] === "number") &&
    ["policy", "gates", "day", "totals"].every((key) => isRecord(value[key])) &&
    ["issues", "claims", "executions", "workspaces", "orders"].every((key) =>
      Array.isArray(value[key]),
    )
  );
}
