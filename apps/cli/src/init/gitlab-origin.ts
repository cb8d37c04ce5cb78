/** A project on GitLab. */
export interface GitlabProject {
  /** `group/project`, with subgroups between them. */
  readonly project: string;
  /** The instance; `null`: gitlab.com. */
  readonly endpoint: string | null;
}

const url = /^(https?|ssh):\/\/(?:[^@/\s]*@)?([\w.-]+)(:\d+)?\/(\S+)$/i;
const copyAddress = /^[^@/\s]+@([\w.-]+):(\S+)$/;
const path = /^[\w.][\w.-]*(?:\/[\w.][\w.-]*)+$/;

/**
 * The project that a remote's URL names; `null` where it is elsewhere. An instance of somebody's own is told by its name,
 * or by `usesGitlabCi`: that the repository has a pipeline for it.
 */
export function gitlabOrigin(remote: string | null, usesGitlabCi: boolean): GitlabProject | null {
  const [, scheme = "", urlHost, port = "", below] = url.exec(remote ?? "") ?? [];
  const [, copyHost, copyBelow] = copyAddress.exec(remote ?? "") ?? [];
  const host = (urlHost ?? copyHost ?? "").toLowerCase();
  const project = (below ?? copyBelow ?? "").replace(/^\/+|\/+$|\.git\/?$/g, "");
  if (host === "" || !path.test(project)) return null;
  if (host === "gitlab.com" || host === "altssh.gitlab.com") return { project, endpoint: null };
  const isNamed = host.split(".").some((label) => /^gitlab(?:-|$)/.test(label));
  if (!isNamed && (!usesGitlabCi || /(?:^|\.)(?:github\.com|bitbucket\.org)$/.test(host)))
    return null;
  // The port of ssh is not that of the API.
  return { project, endpoint: `https://${host}${/^https$/i.test(scheme) ? port : ""}` };
}
