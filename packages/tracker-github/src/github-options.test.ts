import { mkdtemp, rm } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import { githubOptionsSchema } from "./github-options.ts";
import { GithubTrackerAdapter } from "./github-tracker.ts";
import { originOf } from "./origin-remote.ts";
import plugin from "./plugin.ts";
import { readRemote, readRepositoryName } from "./repository-name.ts";

const desk = useDesk();
const check = (options: unknown): unknown => {
  const result = githubOptionsSchema["~standard"].validate(options);
  if (result instanceof Promise) throw new Error("the schema waits");
  return result.issues === undefined ? result.value : result.issues.map(({ message }) => message);
};

describe("options", () => {
  it("are written in snake_case or camelCase, with the names of older files", () => {
    const options = {
      owner: "tide",
      repo: "tables",
      api_key: "t",
      state_source: "project",
      project: { owner: "@tide", number: 3 },
      closing: { not_planned: "dropped" },
      allow_authors: ["@friend"],
      claimLabel: "busy",
      something_else: 1,
    };
    expect(check(options)).toEqual({
      repository: "tide/tables",
      token: "t",
      stateSource: "project",
      project: { owner: "tide", number: 3, field: "Status" },
      closing: { notPlanned: "dropped" },
      allowAuthors: ["friend"],
      claimLabel: "busy",
    });
  });

  it.each([
    { endpoint: "http://github.example/api/v3" },
    { endpoint: "https://user:word@github.example" },
    { endpoint: "github.example" },
    { repository: "tables" },
    { repository: "../.." },
    { state_source: "project" },
    { priority_source: "project" },
    { project: { owner: "tide", number: 0 } },
    { allow_authors: "everybody" },
    { timeout_ms: 1 },
    { token: "" },
    "tide/tables",
  ])("refuses %j", (options) => {
    expect(check(options)).toEqual([expect.any(String)]);
  });

  it("takes https anywhere and http on this machine", () => {
    for (const endpoint of [
      "https://github.example/api/v3/",
      "http://127.0.0.1:8080",
      "http://[::1]",
    ]) {
      expect(check({ endpoint })).toEqual({ endpoint: endpoint.replace(/\/$/, "") });
    }
  });

  it("R-314 a missing token is tracker_secret, and the defaults fit together", () => {
    expect(() => new GithubTrackerAdapter({ repository: "tide/tables" })).toThrow(
      expect.objectContaining({
        code: "tracker_secret",
        remedy: expect.stringContaining("$GITHUB_TOKEN"),
      }),
    );
    const { activeStates, terminalStates, states } = plugin.defaults;
    expect(activeStates).toContain(states.running);
    expect(terminalStates).toContain(states.succeeded);
    expect([...activeStates, ...terminalStates]).not.toContain(states.needsHuman);
  });
});

describe("the repository", () => {
  it.each([
    ["https://github.com/tide/tables.git", "github.com", "tide/tables"],
    ["https://x-access-token:ghs_1@github.com/tide/tables", "github.com", "tide/tables"],
    ["git@github.com:tide/tables.git", "github.com", "tide/tables"],
    ["ssh://git@ssh.github.com:443/tide/tables.git", "ssh.github.com", "tide/tables"],
    ["git@github.example:tide/my.tables.git", "github.example", "tide/my.tables"],
  ])("is read from %s", (url, host, fullName) => {
    const [owner, name] = fullName.split("/");
    expect(readRemote(url)).toEqual({ host, repository: { owner, name } });
    expect(readRepositoryName(url)).toEqual({ owner, name });
  });

  it.each(["/srv/git/tables.git", "../tables", "https://github.com/tide", "tide/tables/extra", ""])(
    "is not in %j",
    (url) => {
      expect(readRemote(url)).toBeNull();
      expect(readRepositoryName(url)).toBeNull();
    },
  );

  it("is that of origin where none is named", async () => {
    const folder = await mkdtemp(join(tmpdir(), "signalbox-github-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const git = (...args: readonly string[]): void => {
      execFileSync("git", ["-C", folder, ...args], { stdio: "ignore" });
    };
    git("init", "--quiet");
    const endpoint = "https://api.github.com";
    await expect(originOf(folder, endpoint, soon())).rejects.toMatchObject({
      code: "tracker_config",
      remedy: expect.stringContaining("owner/name"),
    });
    git("remote", "add", "origin", "git@github.com:tide/tables.git");
    expect(await originOf(folder, endpoint, soon())).toEqual({ owner: "tide", name: "tables" });
    await expect(originOf(folder, "https://github.example/api/v3", soon())).rejects.toThrow(
      "github.example",
    );
  });
});

describe("its description", () => {
  it("names scope, states and page, and finds a wrong token", async () => {
    const { github, tracker } = desk();
    const host = new URL(github.endpoint).host;
    expect(await tracker({ repository: "Tide/Tables" }).describe(soon())).toEqual({
      scope: `${host}/tide/tables`,
      url: `http://${host}/Tide/Tables/issues`,
      states: [
        { name: "no-status", kind: "unstarted" },
        { name: "todo", kind: "unstarted" },
        { name: "in-progress", kind: "started" },
        { name: "needs-human", kind: "started" },
        { name: "done", kind: "completed" },
        { name: "canceled", kind: "canceled" },
      ],
    });
    await expect(tracker({ token: "ghp_wrong" }).describe(soon())).rejects.toMatchObject({
      code: "tracker_auth",
      retryable: false,
      message: expect.stringContaining("Bad credentials"),
    });
  });
});
