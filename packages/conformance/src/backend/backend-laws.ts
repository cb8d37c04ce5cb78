import type { BackendLaw } from "./backend-law.ts";
import { abortedOrderEndsTurn } from "./laws/aborted-order-ends-turn.ts";
import { abortedOrderStartsNothing } from "./laws/aborted-order-starts-nothing.ts";
import { abortedTurnIsCanceled } from "./laws/aborted-turn-is-canceled.ts";
import { closeIsIdempotent } from "./laws/close-is-idempotent.ts";
import { crashFails } from "./laws/crash-fails.ts";
import { eventsWellFormed } from "./laws/events-well-formed.ts";
import { failureFails } from "./laws/failure-fails.ts";
import { floodIsBounded } from "./laws/flood-is-bounded.ts";
import { floodIsNotKept } from "./laws/flood-is-not-kept.ts";
import { interruptEndsTurn } from "./laws/interrupt-ends-turn.ts";
import { linesAreBounded } from "./laws/lines-are-bounded.ts";
import { muteStartEnds } from "./laws/mute-start-ends.ts";
import { noDescendantSurvives } from "./laws/no-descendant-survives.ts";
import { noiseIsHarmless } from "./laws/noise-is-harmless.ts";
import { processesCarryMarker } from "./laws/processes-carry-marker.ts";
import { promptVerbatim } from "./laws/prompt-verbatim.ts";
import { questionParks } from "./laws/question-parks.ts";
import { quietAfterClose } from "./laws/quiet-after-close.ts";
import { quietAfterOutcome } from "./laws/quiet-after-outcome.ts";
import { quotaIsTold } from "./laws/quota-is-told.ts";
import { resumedSessionRemembers } from "./laws/resumed-session-remembers.ts";
import { resumedUsageStartsAnew } from "./laws/resumed-usage-starts-anew.ts";
import { secretsStayInside } from "./laws/secrets-stay-inside.ts";
import { sessionStartedFirst } from "./laws/session-started-first.ts";
import { sessionsStayApart } from "./laws/sessions-stay-apart.ts";
import { silenceTimesOut } from "./laws/silence-times-out.ts";
import { startErrorIsTyped } from "./laws/start-error-is-typed.ts";
import { successSucceeds } from "./laws/success-succeeds.ts";
import { unknownSessionStartsAfresh } from "./laws/unknown-session-starts-afresh.ts";
import { usageIsAbsolute } from "./laws/usage-is-absolute.ts";
import { worksInWorkspace } from "./laws/works-in-workspace.ts";

/** Every law that a backend has to keep, the simple ones first. */
export const backendLaws: readonly BackendLaw[] = [
  sessionStartedFirst,
  eventsWellFormed,
  successSucceeds,
  worksInWorkspace,
  promptVerbatim,
  failureFails,
  crashFails,
  silenceTimesOut,
  muteStartEnds,
  quietAfterOutcome,
  quietAfterClose,
  abortedOrderStartsNothing,
  abortedTurnIsCanceled,
  abortedOrderEndsTurn,
  interruptEndsTurn,
  closeIsIdempotent,
  sessionsStayApart,
  noDescendantSurvives,
  processesCarryMarker,
  usageIsAbsolute,
  resumedUsageStartsAnew,
  resumedSessionRemembers,
  unknownSessionStartsAfresh,
  questionParks,
  quotaIsTold,
  startErrorIsTyped,
  secretsStayInside,
  noiseIsHarmless,
  linesAreBounded,
  floodIsBounded,
  floodIsNotKept,
];
