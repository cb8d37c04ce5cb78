/** Adapters that come with this package, by kind and name. Each is loaded when a workflow file names it. */
export const builtIns: Readonly<Record<string, () => Promise<unknown>>> = {
  "tracker-roadmap": () => import("@signalbox/tracker-roadmap"),
  "tracker-backlog-md": () => import("@signalbox/tracker-backlog-md"),
  "tracker-github": () => import("@signalbox/tracker-github"),
  "tracker-gitlab": () => import("@signalbox/tracker-gitlab"),
  "tracker-jira": () => import("@signalbox/tracker-jira"),
  "tracker-linear": () => import("@signalbox/tracker-linear"),
  "tracker-memory": () => import("@signalbox/tracker-memory"),
  "backend-acp": () => import("@signalbox/backend-acp"),
  "backend-claude": () => import("@signalbox/backend-claude"),
  "backend-claude-code": () => import("@signalbox/backend-claude-code"),
  "backend-codex": () => import("@signalbox/backend-codex"),
  "backend-command": () => import("@signalbox/backend-command"),
  "backend-mock": () => import("@signalbox/backend-mock"),
  "journal-sqlite": () => import("@signalbox/journal-sqlite"),
};
