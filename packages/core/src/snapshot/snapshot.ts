import type { JsonValue, WorkspaceRef } from "@signalbox/contracts";
import type { Claim } from "../claim.ts";
import { rebuiltState } from "../evolve/rebuild-index.ts";
import { createEmptyIndex } from "../evolve/index-draft.ts";
import type { Execution } from "../execution.ts";
import type { IssueSummary } from "../issue/issue-summary.ts";
import { TextHash } from "../issue/text-hash.ts";
import type { Order } from "../order.ts";
import { type OrderedMap, compareText, createOrderedMap } from "../ordered-map.ts";
import type { OrchestratorState } from "../state.ts";
import { canonicalText, isRecord } from "./canonical-text.ts";
import { toJson } from "./to-json.ts";

const snapshotVersion = 1;

/** A state as it is kept: lists instead of maps, and no index. */
interface StateSnapshot extends Pick<
  OrchestratorState,
  "at" | "epoch" | "policy" | "gates" | "runCount" | "day" | "totals"
> {
  readonly v: typeof snapshotVersion;
  readonly issues: readonly IssueSummary[];
  readonly claims: readonly (readonly [string, Claim])[];
  readonly executions: readonly (readonly [string, Execution])[];
  readonly workspaces: readonly (readonly [string, WorkspaceRef])[];
  readonly orders: readonly Order[];
}

/** Everything that a state holds but its index. Survives `JSON.stringify`. */
export function snapshotOf(state: OrchestratorState): JsonValue {
  const { at, epoch, policy, gates, runCount, day, totals } = state;
  const snapshot: StateSnapshot = {
    v: snapshotVersion,
    at,
    epoch,
    policy,
    gates,
    runCount,
    day,
    totals,
    issues: [...state.issues.values()],
    claims: [...state.claims.entries()],
    executions: [...state.executions.entries()],
    workspaces: [...state.workspaces.entries()],
    orders: [...state.orders.values()],
  };
  return toJson(snapshot);
}

/** The state of a snapshot, its index derived anew. Throws a `TypeError` for what `snapshotOf` did not make. */
export function restoreState(snapshot: JsonValue): OrchestratorState {
  const value: unknown = snapshot;
  if (!isSnapshot(value))
    throw new TypeError(`This is not a state snapshot of version ${snapshotVersion}.`);
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
  const text = canonicalText(snapshotOf(state));
  return new TextHash().add(text).digest(12);
}

function mapOf<V>(entries: readonly (readonly [string, V])[]): OrderedMap<string, V> {
  return createOrderedMap(compareText, entries);
}

/** The frame is checked; what it holds is our own writing, under this version. */
function isSnapshot(value: unknown): value is StateSnapshot {
  return (
    isRecord(value) &&
    value["v"] === snapshotVersion &&
    ["at", "epoch", "runCount"].every((key) => typeof value[key] === "number") &&
    ["policy", "gates", "day", "totals"].every((key) => isRecord(value[key])) &&
    ["issues", "claims", "executions", "workspaces", "orders"].every((key) =>
      Array.isArray(value[key]),
    )
  );
}
