import {
  SignalboxError,
  type Issue,
  type JournalOwner,
  type Tracker,
  type TrackerDefaults,
  type TrackerProblem,
  type WorkflowConfig,
} from "@signalbox/contracts";
import {
  createEmptyState,
  decide,
  evolve,
  policyFrom,
  type OrchestratorEvent,
  type OrchestratorState,
} from "@signalbox/core";
import { replay } from "@signalbox/orchestrator";
import type { OutsideReason } from "@signalbox/views";
import { openJournalToRead } from "./journal-file.ts";

const readLimitMs = 60_000;

/** What is known of a workflow file's issues without touching anything. */
export interface View {
  readonly state: OrchestratorState;
  /** The daemon that lives now. */
  readonly daemon: JournalOwner | null;
  /** `null`: read. Otherwise why it could not be, and `state` is as the journal has it. */
  readonly trackerError: SignalboxError | null;
  /** Records that the tracker could not make an issue of. */
  readonly trackerProblems: readonly TrackerProblem[];
}

export interface OpenTracker {
  readonly tracker: Tracker;
  readonly defaults: TrackerDefaults;
}

/**
 * The journal's state where there is a journal, and one look at the tracker on top; where no daemon lives, as one would
 * find it that starts now. Nothing is written, nothing is dispatched. Rejects where neither journal nor tracker can be
 * read.
 */
export async function look(
  config: WorkflowConfig,
  { tracker, defaults }: OpenTracker,
  at: number,
): Promise<View> {
  const past = await readJournal(config);
  const policy = policyFrom(config, defaults, tracker);
  const known = past?.state ?? createEmptyState(policy);
  const daemon = past?.daemon ?? null;
  const epoch = known.epoch + 1;
  const current =
    daemon === null
      ? [
          { type: "daemon-started", at, epoch, policy } as const,
          // Its recovery ends with the first look at the tracker, which is taken here.
          { type: "gate-opened", at, gate: "recovering" } as const,
        ].reduce(fold, known)
      : fold(known, { type: "policy-replaced", at, policy });
  const { event, problems, error } = await readTracker(tracker, current, at);
  if (error !== null && past === null) throw error;
  return {
    state: event === null ? current : fold(current, event),
    daemon,
    trackerError: error,
    trackerProblems: problems,
  };
}

/** What the view adds to the reasons that the state gives. */
export function outsideReasons(view: View): readonly OutsideReason[] {
  const { daemon, trackerError } = view;
  return [
    ...(daemon === null ? [{ code: "daemon-not-running" } as const] : []),
    ...(trackerError === null || daemon !== null
      ? []
      : [{ code: "tracker-unreadable", message: trackerError.message } as const]),
  ];
}

/** Folds what an event leads to, but for the dispatches: those are the daemon's. */
function fold(state: OrchestratorState, event: OrchestratorEvent): OrchestratorState {
  return decide(state, event)
    .filter((fact) => fact.type !== "run-claimed")
    .reduce(evolve, state);
}

async function readJournal(
  config: WorkflowConfig,
): Promise<{ readonly state: OrchestratorState; readonly daemon: JournalOwner | null } | null> {
  const journal = await openJournalToRead(config);
  if (journal === null) return null;
  try {
    const { state } = await replay(journal);
    return { state, daemon: await journal.owner() };
  } finally {
    await journal.close();
  }
}

interface TrackerReading {
  readonly event: OrchestratorEvent | null;
  readonly problems: readonly TrackerProblem[];
  readonly error: SignalboxError | null;
}

async function readTracker(
  tracker: Tracker,
  state: OrchestratorState,
  at: number,
): Promise<TrackerReading> {
  try {
    const signal = AbortSignal.timeout(readLimitMs);
    const { issues, problems } = await readAll(tracker, state, signal);
    const event: OrchestratorEvent = {
      type: "issues-observed",
      at,
      scope: "full",
      issues,
      removedIds: [],
    };
    return { event, problems, error: null };
  } catch (error) {
    if (!SignalboxError.isInstance(error)) throw error;
    return { event: null, problems: [], error };
  }
}

/** Every issue in scope, or those in the known states and those with a claim where the tracker cannot list all. */
async function readAll(
  tracker: Tracker,
  state: OrchestratorState,
  signal: AbortSignal,
): Promise<{ readonly issues: readonly Issue[]; readonly problems: readonly TrackerProblem[] }> {
  if (tracker.fetchChanges !== undefined) {
    const changes = await tracker.fetchChanges(null, signal);
    if (changes.kind !== "unchanged") {
      return { issues: changes.issues, problems: changes.problems ?? [] };
    }
  }
  const { activeStates, terminalStates } = state.policy;
  const listed = await tracker.fetchIssuesByStates([...activeStates, ...terminalStates], signal);
  const known = new Set(listed.map((issue) => issue.id));
  const claimedIds = [...state.claims.keys()].filter((id) => !known.has(id));
  const claimed = await tracker.fetchIssuesByIds(claimedIds, signal);
  return { issues: [...listed, ...claimed], problems: [] };
}
