import type { SignalboxError } from "./error.ts";
import type { WorkflowConfig } from "./workflow-config.ts";

/** Where the configuration comes from, and how its changes arrive. */
export interface ConfigSource {
  /** The last configuration that was valid as a whole. */
  current(): WorkflowConfig;
  /** Why the newest version on disk is not the current one; `null` when it is. */
  error(): SignalboxError | null;
  /** Reads again if the source changed since the last look, so that a lost watch event costs nothing. */
  refresh(): Promise<void>;
  /** Calls `listener` after each change of `current()` or `error()`. */
  watch(listener: () => void): Disposable;
  /** Stops looking. Afterwards nothing changes any more. */
  close?(): Promise<void>;
}
