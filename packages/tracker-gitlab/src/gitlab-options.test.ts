import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import { gitlabOptionsSchema } from "./gitlab-options.ts";
import { GitlabTrackerAdapter } from "./gitlab-tracker.ts";
import plugin from "./plugin.ts";
import { readProjectName, readRemote } from "./project-name.ts";

const desk = useDesk();

async function parse(options: unknown): Promise<unknown> {
  const result = await gitlabOptionsSchema["~standard"].validate(options);
  return result.issues === undefined ? result.value : result.issues[0]?.message;
}

describe("options", () => {
  it("are read in snake_case and by their other names", async () => {
    const read = await parse({
      repository: 42,
      api_key: " glpat-x ",
      endpoint: "https://git.example/gitlab/api/v4/",
      state_source: "open-closed",
      claim_assignee: "@worker",
      closing: { completed: "shipped" },
    });
    expect(read).toEqual({
      project: "42",
      token: "glpat-x",
      endpoint: "https://git.example/gitlab",
      stateSource: "open-closed",
      claimAssignee: "worker",
      closing: { completed: "shipped" },
    });
  });

  it.each([
    [{ project: "nogroup" }, "group/project"],
    [{ project: "https://gitlab.com/" }, "group/project"],
    [{ endpoint: "http://git.example" }, "https"],
    [{ endpoint: "https://me:secret@git.example" }, "https"],
    [{ label_prefix: "a,b" }, "comma"],
    [{ claim_label: "a,b" }, "comma"],
    [{ token: " " }, "blank"],
    [{ timeout_ms: 1 }, "100"],
  ])("%j is refused", async (options, reason) => {
    expect(await parse(options)).toContain(reason);
  });

  it("R-314 without a token there is no adapter", () => {
    expect(() => new GitlabTrackerAdapter({ project: "tide/tables" })).toThrow(
      expect.objectContaining({ code: "tracker_secret" }),
    );
  });

  it("the plugin has states of its own", () => {
    expect(plugin).toMatchObject({
      kind: "tracker",
      name: "gitlab",
      defaults: { activeStates: ["todo", "in-progress"] },
    });
  });
});

describe("the project", () => {
  it.each([
    ["tide/tables", "tide/tables"],
    ["tide/north sea/tables", null],
    ["tide/north/sea/tables.git", "tide/north/sea/tables"],
    ["git@gitlab.com:tide/tables.git", "tide/tables"],
    ["ssh://git@git.example:2222/tide/tables.git", "tide/tables"],
    ["https://gitlab.com/tide/north/tables/", "tide/north/tables"],
    ["7", "7"],
    ["-1", null],
    ["../tables", null],
    ["https://gitlab.com/tide/tables/-/issues", "tide/tables"],
  ])("%s is %s", (text, name) => {
    expect(readProjectName(text)?.name ?? null).toBe(name);
  });

  it.each([
    ["https://git.example:8443/tide/tables.git", "git.example:8443"],
    ["ssh://git@git.example:2222/tide/tables.git", "git.example"],
    ["/srv/git/tables", undefined],
    ["../git/tables", undefined],
  ])("%s is at %s", (url, host) => {
    expect(readRemote(url)?.host).toBe(host);
  });

  it("R-301 is that of `origin` where none is named, and no other host's", async () => {
    const folder = await mkdtemp(join(tmpdir(), "signalbox-gitlab-"));
    try {
      const { gitlab } = desk();
      gitlab.project.add({ iid: 1 });
      const { host } = new URL(gitlab.endpoint);
      const git = (...words: string[]): unknown => execFileSync("git", ["-C", folder, ...words]);
      git("init", "--quiet");
      git("remote", "add", "origin", `http://${host}/tide/tables.git`);
      const options = { token: gitlab.token, endpoint: gitlab.endpoint };
      const here = new GitlabTrackerAdapter(options, { repository: folder });
      expect(await here.fetchIssuesByIds(["1"], soon())).toHaveLength(1);
      git("remote", "set-url", "origin", "git@github.com:tide/tables.git");
      const other = new GitlabTrackerAdapter(options, { repository: folder });
      await expect(other.fetchIssuesByIds(["1"], soon())).rejects.toMatchObject({
        code: "tracker_config",
        remedy: expect.stringContaining("group/project"),
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("R-301 its states and its scope are described", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.labels.push("status::Done", "status::canceled");
    const { host } = new URL(gitlab.endpoint);
    expect(await tracker({ project: "Tide/Tables" }).describe(soon())).toEqual({
      scope: `${host}/tide/tables`,
      url: `${gitlab.endpoint}/Tide/tables/-/issues`,
      states: [
        { name: "no-status", kind: "unstarted" },
        { name: "todo", kind: "unstarted" },
        { name: "in-progress", kind: "started" },
        { name: "needs-human", kind: "started" },
        { name: "Done", kind: "completed" },
        { name: "canceled", kind: "canceled" },
      ],
    });
  });
});
