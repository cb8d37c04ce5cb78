import type { AgentUsage, FailureCode } from "@signalbox/contracts";

/** What the agent does in one turn. */
export type MockStep = MockAction & {
  /** Said, as a message, before anything else. */
  readonly say?: string;
  /** Reported before the turn ends; what is left out is 0, the cost unknown. */
  readonly usage?: Partial<AgentUsage>;
  /** How long the turn takes. Default 0. */
  readonly delayMs?: number;
};

export type MockAction =
  | {
      readonly kind: "succeed";
      /** Written into the workspace: text by relative path. */
      readonly files?: Readonly<Record<string, string>>;
      /** Commits everything in the workspace under this message. Nothing to commit is fine. */
      readonly commit?: string;
    }
  | {
      readonly kind: "fail";
      /** Default `agent-error`. */
      readonly code?: FailureCode;
      /** Default true. */
      readonly retryable?: boolean;
      readonly message?: string;
    }
  /** Does nothing until it is stopped, or until the limit of silence. */
  | { readonly kind: "hang" }
  /** Rejects, as no backend should: the turn, or (as the first step of a listed session) `startSession`. */
  | { readonly kind: "crash"; readonly at?: "start" | "turn" }
  | { readonly kind: "ask"; readonly question: string }
  | {
      readonly kind: "quota";
      /** Default `mock`. */
      readonly pool?: string;
      /** Epoch milliseconds. Default: unknown. */
      readonly resetsAt?: number;
    }
  /** Succeeds, and then takes this long to close. */
  | { readonly kind: "late-exit"; readonly closeMs: number };

/** Which turn is to be played. */
export interface MockTurn {
  readonly prompt: string;
  /** 1-based, in this session. */
  readonly turn: number;
  /** 1-based: which run in this workspace, by `SIGNALBOX_ATTEMPT` where the host sets it, else counted. */
  readonly run: number;
  readonly sessionId: string;
  /** The id was given: an earlier session goes on. */
  readonly isResumed: boolean;
  /** The workspace. */
  readonly cwd: string;
}

/**
 * A list has one entry for each run of an issue, and an entry is a step, or a list with one step for each turn. The
 * last of either repeats. A function decides each turn by itself.
 */
export type MockScript = MockRuns | ((turn: MockTurn) => MockStep);

export type MockRuns = readonly (MockStep | readonly MockStep[])[];
