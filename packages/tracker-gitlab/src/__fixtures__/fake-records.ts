import type { FakeIssue, FakeNote, FakeProject } from "./fake-project.ts";

export function userRecord(username: string, project: FakeProject): object {
  return {
    id: project.idOf(username),
    username,
    name: username,
    state: "active",
    locked: false,
    avatar_url: `${project.origin}/avatars/${project.idOf(username)}.png`,
    web_url: `${project.origin}/${username}`,
  };
}

export function memberRecord(username: string, project: FakeProject): object {
  const access_level = project.members.get(username) ?? 0;
  return { ...userRecord(username, project), access_level, expires_at: null };
}

export function projectRecord(project: FakeProject): object {
  const { id, path, origin, issuesEnabled } = project;
  return {
    id,
    path_with_namespace: path,
    web_url: `${origin}/${path}`,
    issues_enabled: issuesEnabled,
    issues_access_level: issuesEnabled ? "enabled" : "disabled",
  };
}

export function issueRecord(issue: FakeIssue, project: FakeProject): object {
  const path = issue.isElsewhere ? "tide/charts" : project.path;
  const api = `${project.origin}/api/v4/projects`;
  const duplicate = issue.duplicateOf;
  const waiting = [...project.issues.values()].filter(
    (other) => other.state === "opened" && other.blockedBy.includes(issue.iid),
  );
  return {
    id: 9_000 + issue.iid,
    iid: issue.iid,
    project_id: issue.isElsewhere ? 8 : project.id,
    title: issue.title,
    description: issue.description,
    state: issue.state,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.state === "closed" ? issue.updatedAt : null,
    labels: issue.labels.toSorted(),
    milestone: null,
    assignees: issue.assignees.map((name) => userRecord(name, project)),
    author: userRecord(issue.author, project),
    type: "ISSUE",
    user_notes_count: project.notes.filter((note) => note.issue === issue.iid).length,
    upvotes: 0,
    downvotes: 0,
    due_date: null,
    confidential: false,
    web_url: `${project.origin}/${path}/-/issues/${issue.iid}`,
    references: { short: `#${issue.iid}`, relative: `#${issue.iid}`, full: `${path}#${issue.iid}` },
    moved_to_id: issue.movedTo,
    _links: {
      self: `${api}/7/issues/${issue.iid}`,
      closed_as_duplicate_of: duplicate === null ? null : `${api}/7/issues/${duplicate}`,
    },
    ...(project.isPremium ? { weight: issue.weight, blocking_issues_count: waiting.length } : {}),
    ...issue.overrides,
  };
}

export function linkRecord(issue: FakeIssue, type: string, project: FakeProject): object {
  const link = { issue_link_id: issue.iid, link_type: type };
  return { ...issueRecord(issue, project), ...link, link_created_at: issue.createdAt };
}

export function noteRecord(note: FakeNote, project: FakeProject): object {
  return {
    id: note.id,
    type: null,
    body: note.body,
    attachment: null,
    author: userRecord(note.author, project),
    created_at: note.createdAt,
    updated_at: note.updatedAt,
    system: note.system,
    noteable_id: 9_000 + note.issue,
    noteable_type: "Issue",
    noteable_iid: note.issue,
    resolvable: false,
    confidential: false,
    internal: false,
  };
}
