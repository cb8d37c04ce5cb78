import { symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { loadWorkflowConfig, validateWorkflow } from "./validate-workflow.ts";

type Variables = Readonly<Record<string, string | undefined>>;

const tracker = { kind: "roadmap" };

function fileOf(document: JsonObject) {
  return join(temporaryFolder({ "w.yaml": JSON.stringify({ tracker, ...document }) }), "w.yaml");
}

function load(document: JsonObject, environment: Variables = {}) {
  return loadWorkflowConfig(fileOf(document), { environment });
}

function stateDir(environment: Variables, chosen?: string) {
  return loadWorkflowConfig(fileOf({}), {
    cwd: "/here",
    environment: { HOME: "/home/x", ...environment },
    ...(chosen === undefined ? {} : { stateDir: chosen }),
  }).stateDir;
}

describe("paths and variables", () => {
  it("R-112 a whole-value variable resolves in paths", () => {
    const environment = { WORK: "/srv/work", RELATIVE: "sub", HOME: "/home/x", TILDE: "~/w" };
    const root = (value: string) => load({ workspace: { root: value } }, environment);
    expect(root("$WORK").workspace.root).toBe("/srv/work");
    expect(root("${WORK}").workspace.root).toBe("/srv/work");
    expect(root("$TILDE").workspace.root).toBe("/home/x/w");
    const relative = root("$RELATIVE");
    expect(relative.workspace.root).toBe(join(relative.source.folder, "sub"));
    const part = root("$WORK/sub");
    expect(part.workspace.root).toBe(join(part.source.folder, "$WORK/sub"));
  });

  it.each([undefined, "", " "])(
    "R-112 a secret whose variable is %j counts as missing",
    (value) => {
      const path = fileOf({ tracker: { kind: "linear", api_key: "$TRACKER_KEY" } });
      expect(validateWorkflow(path, { environment: { TRACKER_KEY: value } })).toMatchObject({
        config: null,
        problems: [
          {
            severity: "error",
            code: "missing_secret",
            key: "tracker.api_key",
            message: expect.stringContaining("TRACKER_KEY"),
          },
        ],
      });
      const set = validateWorkflow(path, { environment: { TRACKER_KEY: "secret-value" } });
      expect(set.problems).toEqual([]);
      expect(JSON.stringify(set.config)).not.toContain("secret-value");
    },
  );

  it("R-112 secrets of the chosen backend are looked at, those of others are not", () => {
    const backends = { one: { apiKey: "$ONE" }, two: { token: "$TWO" } };
    const path = fileOf({ agent: { backend: "one" }, backends });
    const { problems } = validateWorkflow(path, { environment: {} });
    expect(problems.map(({ key }) => key)).toEqual(["backends.one.apiKey"]);
  });

  it("R-112 a path whose variable is not set is an error", () => {
    const path = fileOf({
      workspace: { root: "$A", repository: "$B" },
      journal: { path: "$C" },
      prompt_file: "$D",
    });
    const { problems } = validateWorkflow(path, { environment: { A: "" } });
    expect(problems.map(({ code, key }) => `${code} ${key}`).toSorted()).toEqual([
      "missing_variable journal.path",
      "missing_variable prompt_file",
      "missing_variable workspace.repository",
      "missing_variable workspace.root",
    ]);
  });

  it("R-113 the environment never overrides a literal", () => {
    const environment = {
      WORKSPACE_ROOT: "/elsewhere",
      SIGNALBOX_WORKSPACE_ROOT: "/elsewhere",
      API_KEY: "other",
      LINEAR_API_KEY: "other",
    };
    const config = load(
      { workspace: { root: "/literal" }, tracker: { kind: "linear", api_key: "literal" } },
      environment,
    );
    expect(config.workspace.root).toBe("/literal");
    expect(config.tracker.provider).toEqual({ api_key: "literal" });
  });

  it("R-114 ~ expands in paths, never in commands or URLs", () => {
    const config = load(
      {
        workspace: { root: "~/w", repository: "https://git.example/~user/x.git" },
        hooks: { before_run: "~/bin/check" },
        delivery: { check: ["~/bin/check"] },
        journal: { path: "~" },
      },
      { HOME: "/home/x" },
    );
    expect(config.workspace.root).toBe("/home/x/w");
    expect(config.workspace.repository).toBe("https://git.example/~user/x.git");
    expect(config.hooks.beforeRun).toBe("~/bin/check");
    expect(config.delivery.check).toEqual(["~/bin/check"]);
    expect(config.journal.path).toBe("/home/x");
    expect(load({ workspace: { root: "~" } }).workspace.root).toBe(homedir());
    const user = load({ workspace: { root: "~user/x" } }, { HOME: "/home/x" });
    expect(user.workspace.root).toBe(join(user.source.folder, "~user/x"));
  });

  it("R-115 a relative workspace.root starts at the file's folder, not at the current one", () => {
    const path = fileOf({ workspace: { root: "spaces/all" } });
    const config = loadWorkflowConfig(path, { cwd: "/", environment: {} });
    expect(config.workspace.root).toBe(join(path, "../spaces/all"));
  });

  it.each(["git@git.example:team/x.git", "ssh://git.example/x", "file:///srv/x", "host:x"])(
    "a repository URL stays as it is: %s",
    (repository) => {
      expect(load({ workspace: { repository } }).workspace.repository).toBe(repository);
    },
  );

  it("a path through a symbolic link is the file that it leads to", () => {
    const path = fileOf({});
    const link = join(temporaryFolder({}), "link.yaml");
    symlinkSync(path, link);
    const options = { environment: { HOME: "/home/x" } };
    expect(loadWorkflowConfig(link, options)).toEqual(loadWorkflowConfig(path, options));
  });
});

describe("the state folder", () => {
  it("is where the option says, else the environment, else below the XDG state folder", () => {
    expect(stateDir({ SIGNALBOX_STATE_DIR: "/env" }, "given")).toBe("/here/given");
    expect(stateDir({ SIGNALBOX_STATE_DIR: "/env", XDG_STATE_HOME: "/xdg" })).toBe("/env");
    expect(stateDir({ SIGNALBOX_STATE_DIR: "", XDG_STATE_HOME: "/xdg" })).toMatch(
      /^\/xdg\/signalbox\/signalbox-workflow-[\w-]+-[0-9a-f]{12}$/,
    );
    expect(stateDir({ XDG_STATE_HOME: "relative" })).toMatch(/^\/home\/x\/\.local\/state\/signal/);
  });

  it("differs for two files of one folder, and no edit moves it", () => {
    const folder = temporaryFolder({
      "a.yaml": JSON.stringify({ tracker }),
      "b.yaml": JSON.stringify({ tracker, workspace: { repository: "https://git.example/x" } }),
    });
    const read = (name: string) =>
      loadWorkflowConfig(join(folder, name), { environment: { HOME: "/h" } }).stateDir;
    expect(read("a.yaml")).not.toBe(read("b.yaml"));
    expect(read("a.yaml").replace(/-\w+$/, "")).toBe(read("b.yaml").replace(/-\w+$/, ""));
  });
});
