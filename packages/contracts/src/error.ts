import type { FailureCode } from "./outcome.ts";

const marker = Symbol.for("signalbox.error");

export interface ErrorDetails {
  /** Whether the same call may succeed later without anybody changing anything. Default `false`. */
  readonly retryable?: boolean;
  /** The earliest moment at which a retry makes sense, in milliseconds from now (`Retry-After`). */
  readonly retryAfterMs?: number;
  /** What the user can do about it, as one imperative sentence. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/**
 * The error that crosses every port. `message` says what failed and where, `remedy` what to do.
 * Neither may contain a secret: adapters redact before they throw.
 * The marker is a registered symbol, so `isInstance` also works across two copies of this package.
 */
export class SignalboxError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  readonly remedy: string | null;

  constructor(code: Code, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    Object.defineProperty(this, marker, { value: true });
    this.name = "SignalboxError";
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.remedy = details.remedy ?? null;
  }

  static isInstance(value: unknown): value is SignalboxError {
    return typeof value === "object" && value !== null && marker in value;
  }
}

/** Codes of errors that a `Tracker` throws. */
export type TrackerErrorCode =
  | "tracker_config"
  | "tracker_secret"
  | "tracker_transport"
  | "tracker_auth"
  | "tracker_status"
  | "tracker_payload"
  | "tracker_pagination"
  | "tracker_rate_limited";

/** Codes of errors that a `WorkspaceProvider` or its hooks throw. */
export type WorkspaceErrorCode =
  | "workspace_config"
  | "workspace_unsafe_path"
  | "workspace_occupied"
  | "workspace_population"
  | "workspace_git"
  | "workspace_save"
  | "hook_failed"
  | "hook_timed_out";

/** Codes of errors that a `Journal` throws. */
export type JournalErrorCode =
  | "journal_locked"
  | "journal_stale_version"
  | "journal_fenced"
  | "journal_full"
  | "journal_read_only"
  | "journal_io"
  | "journal_compacted"
  | "journal_missing"
  | "journal_damaged"
  | "journal_format"
  | "journal_scope";

/** Codes of errors about the workflow file. */
export type WorkflowErrorCode =
  | "missing_workflow_file"
  | "workflow_read_error"
  | "workflow_parse_error"
  | "workflow_front_matter_not_a_map"
  | "workflow_unterminated_front_matter"
  | "workflow_invalid";

/** Codes of errors from rendering a prompt. */
export type PromptErrorCode = "template_parse_error" | "template_render_error" | "template_dialect";

/** Codes of errors from finding and loading plugins. */
export type PluginErrorCode =
  | "plugin_not_found"
  | "plugin_load_failed"
  | "plugin_invalid"
  | "plugin_contract_version"
  | "plugin_kind"
  | "plugin_options";

/** Codes of errors from starting and ending programs. */
export type ProcessErrorCode =
  | "process_not_found"
  | "process_not_executable"
  | "process_cwd"
  | "process_spawn"
  | "process_survived"
  | "containment_unavailable";

/** Codes of errors that `Backend.startSession` rejects with. */
export type BackendErrorCode = FailureCode | "startup-timed-out";
