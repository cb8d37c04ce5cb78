import { ApiErrors } from "@signalbox/http-tracker";

export const gitlabErrors: ApiErrors = new ApiErrors({
  name: "GitLab",
  token: "Give `tracker.provider.token` a token that GitLab still knows.",
  rights: () =>
    "Give the token the scope `api`, and its account the role Reporter or a higher one.",
  elsewhere: "it is elsewhere by now",
  address: "Write the project's new path, and the address that GitLab itself uses as `endpoint`.",
  outage: "of gitlab.com, status.gitlab.com says more",
  payload:
    "Look whether `tracker.provider.endpoint` is a GitLab, without a proxy that rewrites its answers.",
  pages: "`Link` and `X-Next-Page`",
});
