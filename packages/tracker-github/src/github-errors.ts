import { ApiErrors } from "@signalbox/http-tracker";

export const githubErrors: ApiErrors = new ApiErrors({
  name: "GitHub",
  token: "Give `tracker.provider.token` a token that GitHub still knows.",
  rights: ({ headers }) => {
    const rights = headers["x-accepted-github-permissions"] ?? headers["x-accepted-oauth-scopes"];
    return rights === undefined || rights === ""
      ? "Give the token read and write access to the repository's issues."
      : `Give the token what GitHub asks for here: ${rights}.`;
  },
  elsewhere: "the repository was renamed or transferred",
  address: "Write the repository's new name as `tracker.provider.repository`.",
  outage: "githubstatus.com says more",
  payload:
    "Look whether `tracker.provider.endpoint` is GitHub's API, without a proxy that rewrites it.",
  pages: "`Link` headers",
});
