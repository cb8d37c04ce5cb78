import type { SignalboxError, TrackerErrorCode } from "@signalbox/contracts";
import { ApiErrors, trackerError } from "@signalbox/http-tracker";

export const jiraErrors: ApiErrors = new ApiErrors({
  name: "Jira",
  token:
    "Give `tracker.provider.token` a token that Jira still knows: on Cloud an API token with the `email` of its account, on Data Center a personal access token without one.",
  rights: () =>
    "Give the token's account the permissions Browse projects, Edit issues, Transition issues, Add comments, Link issues, and Browse users and groups.",
  elsewhere: "it is elsewhere",
  address: "Write the address that Jira itself uses as `tracker.provider.endpoint`.",
  outage: "of Cloud, status.atlassian.com says more",
  payload:
    "Look whether `tracker.provider.endpoint` is a Jira, without a login page or a proxy before it.",
  pages: "the answers",
});

/** Something that is written to is not there, or no longer in the project. */
export function gone(what: string): SignalboxError<TrackerErrorCode> {
  return trackerError("tracker_status", `there is no issue ${what}`, {
    remedy: "Look whether it was deleted, or moved to another project.",
  });
}
