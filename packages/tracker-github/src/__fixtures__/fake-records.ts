import type { FakeComment, FakeIssue, FakeRepository } from "./fake-repository.ts";

const urls = [
  "avatar_url",
  "url",
  "html_url",
  "followers_url",
  "subscriptions_url",
  "organizations_url",
  "repos_url",
  "received_events_url",
];

export function userRecord(login: string, type: string, { origin }: FakeRepository): object {
  return {
    ...Object.fromEntries(urls.map((name) => [name, `${origin}/users/${encodeURIComponent(login)}`])),
    login,
    id: login.length,
    node_id: `U_${login}`,
    gravatar_id: "",
    following_url: `${origin}/users/${login}/following{/other_user}`,
    gists_url: `${origin}/users/${login}/gists{/gist_id}`,
    starred_url: `${origin}/users/${login}/starred{/owner}{/repo}`,
    events_url: `${origin}/users/${login}/events{/privacy}`,
    type,
    site_admin: false,
  };
}

export function labelRecord(name: string, repository: FakeRepository): object {
  const url = `${repository.origin}/repos/tide/tables/labels/${encodeURIComponent(name)}`;
  return { id: name.length, node_id: "L_1", url, name, description: null, color: "c5def5", default: false };
}

export function issueRecord(issue: FakeIssue, repository: FakeRepository): object {
  const at = `${repository.origin}/repos/tide/tables`;
  const url = `${at}/issues/${issue.number}`;
  const open = issue.blockedBy.filter((number) => repository.issues.get(number)?.state === "open");
  const parts = issue.subIssues.map((number) => repository.issues.get(number));
  const completed = parts.filter((part) => part?.state === "closed").length;
  const pull = { url, html_url: url, diff_url: url, patch_url: url };
  return {
    id: 9_000 + issue.number,
    node_id: `I_${issue.number}`,
    url,
    repository_url: at,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `https://github.com/tide/tables/issues/${issue.number}`,
    number: issue.number,
    state: issue.state,
    state_reason: issue.stateReason,
    title: issue.title,
    body: issue.body,
    user: userRecord(issue.author, "User", repository),
    labels: issue.labels.map((name) => labelRecord(name, repository)),
    assignee: issue.assignees[0] === undefined ? null : userRecord(issue.assignees[0], "User", repository),
    assignees: issue.assignees.map((login) => userRecord(login, "User", repository)),
    milestone: null,
    locked: false,
    comments: repository.comments.filter(({ issue: number }) => number === issue.number).length,
    closed_at: issue.state === "closed" ? issue.updatedAt : null,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    author_association: issue.association,
    issue_dependencies_summary: {
      blocked_by: open.length,
      blocking: 0,
      total_blocked_by: issue.blockedBy.length,
      total_blocking: 0,
    },
    sub_issues_summary: { total: parts.length, completed, percent_completed: 0 },
    ...(issue.isPullRequest ? { pull_request: pull } : {}),
    ...issue.overrides,
  };
}

export function commentRecord(comment: FakeComment, repository: FakeRepository): object {
  const url = `${repository.origin}/repos/tide/tables/issues/comments/${comment.id}`;
  return {
    id: comment.id,
    node_id: `C_${comment.id}`,
    url,
    html_url: url,
    issue_url: `${repository.origin}/repos/tide/tables/issues/${comment.issue}`,
    body: comment.body,
    user: userRecord(comment.author, comment.type, repository),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: comment.association,
  };
}

const statusField = 77;

export function fieldRecord({ origin, projectOptions }: FakeRepository): object {
  return {
    id: statusField,
    node_id: "F_1",
    project_url: `${origin}/orgs/tide/projectsV2/3`,
    name: "Status",
    data_type: "single_select",
    options: projectOptions.map((name) => ({
      id: optionId(name),
      name: { raw: name, html: name },
      description: { raw: "", html: "" },
      color: "GREEN",
    })),
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
  };
}

export function optionId(name: string): string {
  return `option-${name.toLowerCase().replaceAll(" ", "-")}`;
}

export function itemRecord(issue: FakeIssue, status: string | null, repository: FakeRepository): object {
  const value =
    status === null ? null : { id: optionId(status), name: { raw: status, html: status }, color: "GREEN" };
  return {
    id: 500 + issue.number,
    node_id: `PVTI_${issue.number}`,
    project_url: `${repository.origin}/orgs/tide/projectsV2/3`,
    content_type: "Issue",
    content: issueRecord(issue, repository),
    creator: userRecord("harbour", "User", repository),
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    archived_at: null,
    item_url: `${repository.origin}/orgs/tide/projectsV2/3/items/${500 + issue.number}`,
    fields: [{ id: statusField, name: "Status", data_type: "single_select", value }],
  };
}
