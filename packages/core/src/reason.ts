import type { Gate } from "./gate.ts";
import type { ParkReason } from "./claim.ts";

/** One thing that keeps an issue from running now. */
export type Reason =
  | { readonly code: "not-tracked" }
  | { readonly code: "state-not-active"; readonly state: string }
  | { readonly code: "state-terminal"; readonly state: string }
  | { readonly code: "label-missing"; readonly label: string }
  | { readonly code: "not-dispatchable"; readonly detail: string }
  | { readonly code: "blocked"; readonly by: string; readonly state: string | null }
  | { readonly code: "running"; readonly runId: string; readonly stopping: string | null }
  | {
      readonly code: "backoff";
      readonly kind: string;
      readonly dueAt: number;
      readonly error: string | null;
    }
  | { readonly code: "parked"; readonly park: ParkReason; readonly until: number | null }
  | {
      readonly code: "delivering";
      readonly waiting: { readonly reason: string; readonly remedy: string } | null;
    }
  | { readonly code: "delivered"; readonly commit: string | null }
  | { readonly code: "cleaning" }
  | { readonly code: "gate"; readonly gate: Gate }
  | {
      readonly code: "day-budget";
      readonly used: number;
      readonly limit: number;
      readonly unit: "tokens" | "usd";
    }
  | { readonly code: "no-slot"; readonly running: number; readonly max: number }
  | {
      readonly code: "state-cap";
      readonly state: string;
      readonly running: number;
      readonly max: number;
    }
  | { readonly code: "outranked"; readonly by: string; readonly ahead: number };

export type ReasonCode = Reason["code"];
