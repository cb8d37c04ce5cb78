import type { StateKind } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { gitlabOrigin } from "./gitlab-origin.ts";
import { proposeStates } from "./state-use.ts";

const found = (...names: readonly string[]): readonly { name: string; kind: StateKind | null }[] =>
  names.map((name) => ({ name, kind: null }));
const own = (host: string): string => `https://${host}`;
const roadmap = { active: ["planned", "in-progress"], terminal: ["done"] };

describe("states that are found", () => {
  it("are active, terminal or neither by the custom of their names, each once", () => {
    const states = found(
      "PLANNED",
      "todo",
      "Doing",
      "Shipped",
      "Won't fix",
      "on hold",
      "decision pending",
    );
    expect(proposeStates(states, roadmap)).toEqual({
      active: ["planned", "todo", "in-progress", "Doing"],
      terminal: ["done", "Shipped", "Won't fix"],
      running: "Doing",
      review: null,
      others: ["on hold", "decision pending"],
    });
    expect(proposeStates([], roadmap)).toMatchObject({ running: "in-progress", others: [] });
  });

  it("are what the tracker says they are, but for those that wait by their name", () => {
    const states = [
      { name: "Idea", kind: "unstarted" as const },
      { name: "Zu tun", kind: "unstarted" as const },
      { name: "In Arbeit", kind: "started" as const },
      { name: "Review", kind: "started" as const },
      { name: "Fertig", kind: "completed" as const },
    ];
    expect(proposeStates(states, { active: [], terminal: [] })).toEqual({
      active: ["Zu tun", "In Arbeit"],
      terminal: ["Fertig"],
      running: "In Arbeit",
      review: "Review",
      others: ["Review", "Idea"],
    });
  });
});

describe("a remote on GitLab", () => {
  it.each([
    ["git@gitlab.com:tide/tables.git", false, "tide/tables", null],
    ["https://token@gitlab.com/tide/sub/tables", false, "tide/sub/tables", null],
    ["ssh://git@altssh.gitlab.com:443/tide/tables.git", false, "tide/tables", null],
    ["git@gitlab.tide.example:tide/tables.git", false, "tide/tables", own("gitlab.tide.example")],
    ["ssh://git@gitlab-ce.tide.example:2222/a/b", false, "a/b", own("gitlab-ce.tide.example")],
    ["https://git.tide.example:8443/a/b.git", true, "a/b", own("git.tide.example:8443")],
  ])("%s (pipeline: %s) is %s", (url, usesGitlabCi, project, endpoint) => {
    expect(gitlabOrigin(url, usesGitlabCi)).toEqual({ project, endpoint });
  });

  it.each([
    ["https://git.tide.example/a/b.git", false],
    ["git@github.com:tide/tables.git", true],
    ["https://notgitlab.example/a/b", false],
    ["/srv/git/tables.git", true],
    ["git@gitlab.com:tables.git", false],
    ["https://gitlab.com/a b/c", false],
    [null, true],
  ])("%s (pipeline: %s) is none", (url, usesGitlabCi) => {
    expect(gitlabOrigin(url, usesGitlabCi)).toBeNull();
  });
});
