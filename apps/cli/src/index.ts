export { CommandBackend } from "@signalbox/backend-command";
export { MockBackend } from "@signalbox/backend-mock";
export { definePlugin, SignalboxError } from "@signalbox/contracts";
export type { Backend, Issue, Journal, Tracker, WorkflowConfig } from "@signalbox/contracts";
export {
  applyEvent,
  calculateRetryDelay,
  canDispatch,
  createEmptyState,
  explainEligibility,
  getAvailableSlots,
  isEligible,
  reconcile,
  selectCandidates,
  sortCandidates,
} from "@signalbox/core";
export type { OrchestratorEvent, OrchestratorState, SideEffect } from "@signalbox/core";
export { GitDelivery } from "@signalbox/delivery";
export { SqliteJournal } from "@signalbox/journal-sqlite";
export type { OrchestratorEvents, OrchestratorPorts, Problem } from "@signalbox/orchestrator";
export { PromptRenderer } from "@signalbox/prompts";
export { InlineRunHost } from "@signalbox/runner";
export { MemoryTracker } from "@signalbox/tracker-memory";
export { RoadmapTrackerAdapter } from "@signalbox/tracker-roadmap";
export { explainIssue, statusOf } from "@signalbox/views";
export { loadWorkflowConfig, validateWorkflow } from "@signalbox/workflow";
export { WorkspaceHooks, WorkspaceManager } from "@signalbox/workspaces";
export { Orchestrator } from "./orchestrator.ts";
export type { OrchestratorOptions } from "./orchestrator.ts";
