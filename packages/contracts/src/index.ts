export type { AgentEvent, AgentUsage } from "./agent-event.ts";
export type {
  AgentTool,
  AgentToolResult,
  AgentTools,
  Backend,
  Session,
  SessionLimits,
  SessionOrder,
} from "./backend.ts";
export type {
  AgentNeeds,
  Containment,
  ContainmentLimits,
  ContainmentMount,
  ContainmentTier,
  ModelGate,
} from "./containment.ts";
export type { Clock } from "./clock.ts";
export type { ConfigSource } from "./config-source.ts";
export type { Delivery, DeliveryOrder, DeliveryResult } from "./delivery.ts";
export { SignalboxError } from "./error.ts";
export type {
  BackendErrorCode,
  ErrorDetails,
  JournalErrorCode,
  PluginErrorCode,
  ProcessErrorCode,
  PromptErrorCode,
  TrackerErrorCode,
  WorkflowErrorCode,
  WorkspaceErrorCode,
} from "./error.ts";
export { isDiskFull } from "./is-disk-full.ts";
export type { Issue, IssueBlocker, StateKind } from "./issue.ts";
export type {
  Journal,
  JournalEntry,
  JournalOwner,
  JournalSnapshot,
  JournalTenure,
  NewJournalEntry,
} from "./journal.ts";
export type { JsonObject, JsonValue } from "./json.ts";
export type { LogFields, LogLevel, Logger } from "./logger.ts";
export type { FailureCode, RunOutcome, StopReason, TurnOutcome } from "./outcome.ts";
export { nearestName } from "./nearest-name.ts";
export { contractVersion, definePlugin } from "./plugin.ts";
export type {
  AgentProgram,
  BackendPlugin,
  DeliveryPlugin,
  JournalPlugin,
  Plugin,
  PluginContext,
  PluginKind,
  TrackerPlugin,
  WorkspacePlugin,
} from "./plugin.ts";
export type { ResourceProbe } from "./resource-probe.ts";
export type {
  RetryKind,
  RunEnding,
  RunEvent,
  RunHost,
  RunObserver,
  RunOrder,
  RunRecovery,
  ToolCall,
  TurnEnd,
  RunPhase,
  TurnReply,
  TurnReport,
} from "./run-host.ts";
export type {
  StandardSchema,
  StandardSchemaIssue,
  StandardSchemaResult,
} from "./standard-schema.ts";
export type {
  ActivityOrder,
  CommentOrder,
  CommentReceipt,
  IssueComment,
  LinkOrder,
  StateMapping,
  Tracker,
  TrackerChanges,
  TrackerDefaults,
  TrackerDescription,
  TrackerProblem,
  TrackerSignal,
  TrackerTool,
  TransitionOrder,
  TransitionResult,
  WebhookReceipt,
  WebhookRequest,
} from "./tracker.ts";
export type {
  AgentConfig,
  AgentToolsConfig,
  BudgetLimit,
  BudgetsConfig,
  DeliveryConfig,
  HooksConfig,
  ModelPrice,
  PromptSource,
  SandboxConfig,
  SandboxLimits,
  TrackerConfig,
  UnknownKey,
  WorkflowConfig,
  WorkflowProblem,
  WorkflowSource,
  WorkspaceConfig,
} from "./workflow-config.ts";
export type {
  Workspace,
  WorkspaceFingerprint,
  WorkspaceOrder,
  WorkspaceProvider,
  WorkspaceRef,
  WorkspaceRemoval,
} from "./workspace.ts";
export { variableName } from "./variable.ts";
