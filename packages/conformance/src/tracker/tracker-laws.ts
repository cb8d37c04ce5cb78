import type { TrackerLaw } from "./tracker-law.ts";
import { abortEndsCall } from "./laws/abort-ends-call.ts";
import { abortedCallSendsNothing } from "./laws/aborted-call-sends-nothing.ts";
import { abortedWriteIsNotMade } from "./laws/aborted-write-is-not-made.ts";
import { askedStatesAreListed } from "./laws/asked-states-are-listed.ts";
import { byIdInFull } from "./laws/by-id-in-full.ts";
import { callsStayApart } from "./laws/calls-stay-apart.ts";
import { changesAreTold } from "./laws/changes-are-told.ts";
import { claimIsRepeatable } from "./laws/claim-is-repeatable.ts";
import { closeEndsIt } from "./laws/close-ends-it.ts";
import { commentIsThereOnce } from "./laws/comment-is-there-once.ts";
import { commentsOfPeople } from "./laws/comments-of-people.ts";
import { copiedCommentIsAPersons } from "./laws/copied-comment-is-a-persons.ts";
import { corruptRecordFailsById } from "./laws/corrupt-record-fails-by-id.ts";
import { corruptRecordIsLeftOut } from "./laws/corrupt-record-is-left-out.ts";
import { descriptionIsStable } from "./laws/description-is-stable.ts";
import { everyBlockerIsTold } from "./laws/every-blocker-is-told.ts";
import { everyLabelIsTold } from "./laws/every-label-is-told.ts";
import { everyPageInOrder } from "./laws/every-page-in-order.ts";
import { failedPageFails } from "./laws/failed-page-fails.ts";
import { firstReadIsFull } from "./laws/first-read-is-full.ts";
import { goneIsLeftOut } from "./laws/gone-is-left-out.ts";
import { heldIssueIsListed } from "./laws/held-issue-is-listed.ts";
import { heldIssueSaysWhy } from "./laws/held-issue-says-why.ts";
import { ignoredTransitionIsRejected } from "./laws/ignored-transition-is-rejected.ts";
import { instantsAreRfc3339 } from "./laws/instants-are-rfc-3339.ts";
import { issuesWellFormed } from "./laws/issues-well-formed.ts";
import { labelsAreNormal } from "./laws/labels-are-normal.ts";
import { landedCommentIsThereOnce } from "./laws/landed-comment-is-there-once.ts";
import { landedTransitionIsConfirmed } from "./laws/landed-transition-is-confirmed.ts";
import { limitIsNotHammered } from "./laws/limit-is-not-hammered.ts";
import { linkIsThereOnce } from "./laws/link-is-there-once.ts";
import { lostConnectionsAreTransportErrors } from "./laws/lost-connections-are-transport-errors.ts";
import { lostCursorFails } from "./laws/lost-cursor-fails.ts";
import { manyIds } from "./laws/many-ids.ts";
import { movedByOthersIsAConflict } from "./laws/moved-by-others-is-a-conflict.ts";
import { movedIssueChangesLists } from "./laws/moved-issue-changes-lists.ts";
import { nativeRefIsJson } from "./laws/native-ref-is-json.ts";
import { noIdsNoRequest } from "./laws/no-ids-no-request.ts";
import { noStatesNoRequest } from "./laws/no-states-no-request.ts";
import { pollsAreFrugal } from "./laws/polls-are-frugal.ts";
import { quietTrackerIsUnchanged } from "./laws/quiet-tracker-is-unchanged.ts";
import { receiptTellsTheFirstWriting } from "./laws/receipt-tells-the-first-writing.ts";
import { refusalsAreAuthErrors } from "./laws/refusals-are-auth-errors.ts";
import { removedIssueIsTold } from "./laws/removed-issue-is-told.ts";
import { repeatedPageFails } from "./laws/repeated-page-fails.ts";
import { retryAfterIsTold } from "./laws/retry-after-is-told.ts";
import { secretsStayInside } from "./laws/secrets-stay-inside.ts";
import { serverFailuresAreRetryable } from "./laws/server-failures-are-retryable.ts";
import { silenceEnds } from "./laws/silence-ends.ts";
import { spoiltMetadataIsDropped } from "./laws/spoilt-metadata-is-dropped.ts";
import { strangeCursorIsFull } from "./laws/strange-cursor-is-full.ts";
import { strangeDeliveryIsRefused } from "./laws/strange-delivery-is-refused.ts";
import { toolsAreDescribed } from "./laws/tools-are-described.ts";
import { transitionIsConfirmed } from "./laws/transition-is-confirmed.ts";
import { transitionIsRepeatable } from "./laws/transition-is-repeatable.ts";
import { troubleIsNotAbsence } from "./laws/trouble-is-not-absence.ts";
import { unreadableRepliesArePayloadErrors } from "./laws/unreadable-replies-are-payload-errors.ts";
import { writeToGoneFails } from "./laws/write-to-gone-fails.ts";

/** Every law that a tracker adapter has to keep, the simple ones first. */
export const trackerLaws: readonly TrackerLaw[] = [
  issuesWellFormed,
  instantsAreRfc3339,
  labelsAreNormal,
  everyLabelIsTold,
  everyBlockerIsTold,
  nativeRefIsJson,
  askedStatesAreListed,
  movedIssueChangesLists,
  noStatesNoRequest,
  noIdsNoRequest,
  everyPageInOrder,
  byIdInFull,
  manyIds,
  goneIsLeftOut,
  heldIssueSaysWhy,
  heldIssueIsListed,
  spoiltMetadataIsDropped,
  corruptRecordIsLeftOut,
  corruptRecordFailsById,
  failedPageFails,
  lostCursorFails,
  repeatedPageFails,
  refusalsAreAuthErrors,
  serverFailuresAreRetryable,
  lostConnectionsAreTransportErrors,
  silenceEnds,
  unreadableRepliesArePayloadErrors,
  troubleIsNotAbsence,
  retryAfterIsTold,
  callsStayApart,
  abortedCallSendsNothing,
  abortEndsCall,
  firstReadIsFull,
  quietTrackerIsUnchanged,
  changesAreTold,
  removedIssueIsTold,
  strangeCursorIsFull,
  descriptionIsStable,
  transitionIsConfirmed,
  transitionIsRepeatable,
  movedByOthersIsAConflict,
  ignoredTransitionIsRejected,
  landedTransitionIsConfirmed,
  writeToGoneFails,
  abortedWriteIsNotMade,
  limitIsNotHammered,
  commentIsThereOnce,
  landedCommentIsThereOnce,
  receiptTellsTheFirstWriting,
  commentsOfPeople,
  copiedCommentIsAPersons,
  claimIsRepeatable,
  linkIsThereOnce,
  toolsAreDescribed,
  strangeDeliveryIsRefused,
  secretsStayInside,
  pollsAreFrugal,
  closeEndsIt,
];
