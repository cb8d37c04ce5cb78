import type { Orchestrator } from "@signalbox/orchestrator";

/** The part of an orchestrator that orders act on. */
export type Operable = Pick<
  Orchestrator,
  "state" | "journalTrouble" | "on" | "off" | "stopIssue" | "retryIssue" | "releaseIssue" | "answer"
>;
