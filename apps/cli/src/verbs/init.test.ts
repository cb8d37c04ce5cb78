import { execFileSync } from "node:child_process";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  writeFile,
} from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { validateWorkflow } from "@signalbox/workflow";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { recordedSurroundings } from "../__fixtures__/recorded-surroundings.ts";
import { init } from "./init.ts";
import { validate } from "./validate.ts";

const plain = { force: false, json: false, createLabels: false };
let folder = "";
const gitOnPath = process.env["PATH"] ?? "";

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-init-")));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function git(...args: readonly string[]): string {
  return execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/** A repository with one commit. */
async function repository(branch = "main"): Promise<void> {
  git("init", "-q", "-b", branch);
  await writeFile(join(folder, "a.txt"), "a\n");
  git("add", ".");
  git("commit", "-q", "-m", "first");
}

function feature(title: string, status: string): string {
  return `### ${title}\n\n- **Status:** ${status}\n- **Summary:** Do it.\n`;
}

/** A folder for PATH that has these programs, and git's. */
async function programs(...names: readonly string[]): Promise<string> {
  const bin = join(folder, ".git", "test-bin");
  await mkdir(bin, { recursive: true });
  for (const name of names) {
    await writeFile(join(bin, name), "#!/bin/sh\n");
    await chmod(join(bin, name), 0o755);
  }
  return `${bin}:${gitOnPath}`;
}

describe("signalbox init", () => {
  it("writes a workflow file that validate has nothing to say about, and touches nothing else", async () => {
    await repository("trunk");
    await mkdir(join(folder, "docs"));
    await writeFile(join(folder, "docs", "roadmap.md"), "# Roadmap\n");
    const before = git("status", "--porcelain", "--ignored");
    const { surroundings, output } = recordedSurroundings(join(folder, "docs"), {
      PATH: await programs("codex", "claude"),
    });
    await init(plain, surroundings);
    expect(git("status", "--porcelain", "--ignored")).toBe(`?? WORKFLOW.md\n${before}`);
    expect(output.out).toContain(`Wrote ${join(folder, "WORKFLOW.md")}`);
    const { config, problems } = validateWorkflow(join(folder, "WORKFLOW.md"));
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      tracker: { kind: "roadmap", provider: { path: "docs/roadmap.md" } },
      workspace: { base: "trunk", repository: folder },
      agent: { backend: "claude-code" },
      runner: "process",
    });
    expect(config?.backends).toEqual({ "claude-code": { permissions: "accept-edits" } });
    expect(await readFile(join(folder, "WORKFLOW.md"), "utf8")).toContain(
      "  # Or Codex, with backend: codex above:\n  # codex: { permissions: accept-edits }\n",
    );
    const check = recordedSurroundings(folder, { PATH: await programs("codex", "claude") });
    expect(await validate({ json: false }, check.surroundings)).toBe(0);
  });

  it("marks no work as done that a person still has to merge, and shows how to let it be merged", async () => {
    await repository();
    const { surroundings } = recordedSurroundings(folder, { PATH: await programs("claude") });
    await init(plain, surroundings);
    const path = join(folder, "WORKFLOW.md");
    const { config } = validateWorkflow(path);
    expect(config?.delivery.kind).toBe("branch");
    const { activeStates, terminalStates, states } = config?.tracker ?? {};
    expect(states).toMatchObject({ succeeded: "needs-human", needsHuman: "needs-human" });
    expect([...(activeStates ?? []), ...(terminalStates ?? [])]).not.toContain("needs-human");
    const text = await readFile(path, "utf8");
    const merging = text
      .replace("kind: branch", "# kind: branch")
      .replace("  # kind: merge", "  kind: merge")
      .replace("  # check: [npm, test]", "  check: [npm, test]")
      .replace("succeeded: needs-human", "succeeded: done");
    await writeFile(path, merging);
    const { config: merged, problems } = validateWorkflow(path);
    expect(problems).toEqual([]);
    expect(merged?.delivery).toMatchObject({ kind: "merge", check: ["npm", "test"] });
  });

  it.each([
    ["claude", "claude-code"],
    ["codex", "codex"],
    ["gemini", "acp"],
    ["opencode", "acp"],
  ])("suggests for %s the backend %s, and validates", async (name, backend) => {
    await repository();
    await writeFile(join(folder, "roadmap.md"), "# Roadmap\n");
    const { surroundings, output } = recordedSurroundings(folder, { PATH: await programs(name) });
    await init(plain, surroundings);
    expect(output.out).toContain(`may do without asking: backends.${backend}.permissions.`);
    const check = recordedSurroundings(folder, { PATH: await programs(name) });
    expect(await validate({ json: false }, check.surroundings)).toBe(0);
    expect(validateWorkflow(join(folder, "WORKFLOW.md")).config?.agent.backend).toBe(backend);
  });

  it("without roadmap and agent writes a file in which only these are missing, and says so", async () => {
    await repository();
    const { surroundings, output } = recordedSurroundings(folder, { PATH: gitOnPath });
    await init(plain, surroundings);
    expect(output.out).toContain("Write docs/roadmap.md");
    expect(output.out).toContain('"your-agent"');
    const check = recordedSurroundings(folder, { PATH: gitOnPath });
    expect(await validate({ json: false }, check.surroundings)).toBe(1);
    expect(check.output.out).toContain("there is no such program on PATH");
    expect(check.output.out).toContain("docs/roadmap.md) does not exist");
    expect(check.output.out).toContain("is not valid, 2 errors\n");
    expect(await readdir(folder)).toEqual([".git", "WORKFLOW.md", "a.txt"]);
  });

  it("works on a detached HEAD and with a branch name that YAML would misread", async () => {
    await repository("on");
    const { surroundings } = recordedSurroundings(folder, { PATH: gitOnPath });
    await init(plain, surroundings);
    expect(validateWorkflow(join(folder, "WORKFLOW.md")).config?.workspace.base).toBe("on");
    git("checkout", "-q", "--detach");
    await init({ ...plain, force: true }, surroundings);
    expect(validateWorkflow(join(folder, "WORKFLOW.md")).config?.workspace.base).toBeNull();
  });

  it("never overwrites unless told to", async () => {
    await repository();
    await writeFile(join(folder, "WORKFLOW.md"), "mine");
    const { surroundings, output } = recordedSurroundings(folder, { PATH: gitOnPath });
    await expect(init(plain, surroundings)).rejects.toMatchObject({
      code: "workflow_exists",
      remedy: expect.stringContaining("--force"),
    });
    expect(await readFile(join(folder, "WORKFLOW.md"), "utf8")).toBe("mine");
    await init({ ...plain, force: true, json: true }, surroundings);
    expect(JSON.parse(output.out)).toMatchObject({
      path: join(folder, "WORKFLOW.md"),
      roadmap: null,
    });
    expect(await readdir(folder)).toEqual([".git", "WORKFLOW.md", "a.txt"]);
  });

  it("refuses a folder outside of git and a repository without commits", async () => {
    const { surroundings } = recordedSurroundings(folder, { PATH: gitOnPath });
    await expect(init(plain, surroundings)).rejects.toMatchObject({
      code: "repository_missing",
    });
    git("init", "-q");
    await expect(init(plain, surroundings)).rejects.toMatchObject({
      code: "repository_empty",
      remedy: expect.stringContaining("commit"),
    });
    expect(await readdir(folder)).toEqual([".git"]);
  });

  it("offers GitHub's issues where origin is there and no roadmap is", async () => {
    await repository();
    git("remote", "add", "origin", "git@github.com:tide/tables.git");
    const environment = { PATH: await programs("claude"), GITHUB_TOKEN: "t" };
    const { surroundings, output } = recordedSurroundings(folder, environment);
    await init(plain, surroundings);
    expect(output.out).toContain("signalbox init --create-labels");
    const { config, problems } = validateWorkflow(join(folder, "WORKFLOW.md"), { environment });
    expect(problems).toEqual([]);
    expect(config?.tracker).toMatchObject({
      kind: "github",
      provider: { repository: "tide/tables", token: "$GITHUB_TOKEN" },
      states: { succeeded: "needs-human" },
    });
    await mkdir(join(folder, "docs"));
    await writeFile(join(folder, "docs", "roadmap.md"), "# Where we want to go\n\nFar.\n");
    await init({ ...plain, force: true }, surroundings);
    expect(output.out).toContain("docs/roadmap.md, without a feature that can be read");
    const kind = (): string | undefined =>
      validateWorkflow(join(folder, "WORKFLOW.md"), { environment }).config?.tracker.kind;
    expect(kind()).toBe("github");
    await writeFile(join(folder, "docs", "roadmap.md"), feature("One", "planned"));
    await init({ ...plain, force: true }, surroundings);
    expect(kind()).toBe("roadmap");
  });

  it("takes its states from the roadmap that is there", async () => {
    await repository();
    await mkdir(join(folder, "docs"));
    const statuses = ["planned", "doing", "Shipped", "done — PR #7", "decision: pending #3"];
    const features = statuses.map((status, at) => feature(`Feature ${at}`, status));
    await writeFile(join(folder, "docs", "roadmap.md"), `# Roadmap\n\n${features.join("\n")}`);
    const environment = { PATH: await programs("claude") };
    const { surroundings, output } = recordedSurroundings(folder, environment);
    await init(plain, surroundings);
    expect(output.out).toContain("roadmap         docs/roadmap.md, 5 features\n");
    const { config, problems } = validateWorkflow(join(folder, "WORKFLOW.md"));
    expect(problems).toEqual([]);
    expect(config?.tracker).toMatchObject({
      activeStates: ["planned", "in-progress", "doing"],
      terminalStates: ["done", "Shipped"],
      states: { running: "doing" },
    });
    expect(await readFile(join(folder, "WORKFLOW.md"), "utf8")).toContain(
      "  # In neither list, so that nothing starts from it: decision: pending #3\n",
    );
    const check = recordedSurroundings(folder, environment);
    expect(await validate({ json: false }, check.surroundings)).toBe(0);
    expect(check.output.out).toMatch(/is valid\n$/);
  });

  it.each([
    ["[To Do, In Progress, Review, Done]", { succeeded: "Review", needsHuman: "Review" }],
    ["[To Do, In Progress, Done]", { succeeded: "Done" }],
  ])("offers the tasks of Backlog.md with its statuses %s", async (statuses, written) => {
    await repository();
    await mkdir(join(folder, "backlog", "tasks"), { recursive: true });
    const config = `project_name: "Tide"\nstatuses: ${statuses}\n`;
    await writeFile(join(folder, "backlog", "config.yml"), config);
    git("remote", "add", "origin", "git@github.com:tide/tables.git");
    const environment = { PATH: await programs("claude") };
    const { surroundings, output } = recordedSurroundings(folder, environment);
    await init({ ...plain, json: true }, surroundings);
    expect(JSON.parse(output.out)).toMatchObject({ tracker: "backlog-md", backlog: "backlog" });
    expect(validateWorkflow(join(folder, "WORKFLOW.md")).config?.tracker).toMatchObject({
      kind: "backlog-md",
      activeStates: ["To Do", "In Progress"],
      terminalStates: ["Done"],
      states: { running: "In Progress", ...written },
    });
    const check = recordedSurroundings(folder, environment);
    expect(await validate({ json: false }, check.surroundings)).toBe(0);
    expect(check.output.out).toMatch(/is valid\n$/);
  });

  it("offers GitLab's issues, of an instance of one's own too", async () => {
    await repository();
    git("remote", "add", "origin", "ssh://git@gitlab.tide.example:2222/tide/sub/tables.git");
    const environment = { PATH: await programs("claude"), GITLAB_TOKEN: "t" };
    const { surroundings, output } = recordedSurroundings(folder, environment);
    await init(plain, surroundings);
    expect(output.out).toContain(
      "GitLab          tide/sub/tables on https://gitlab.tide.example\n",
    );
    expect(output.out).toContain("Make the labels status::todo");
    const { config } = validateWorkflow(join(folder, "WORKFLOW.md"), { environment });
    expect(config?.tracker).toMatchObject({
      kind: "gitlab",
      provider: { project: "tide/sub/tables", endpoint: "https://gitlab.tide.example" },
    });
    const check = recordedSurroundings(folder, environment);
    expect(await validate({ json: false }, check.surroundings)).toBe(0);
    expect(check.output.out).toMatch(/is valid\n$/);
  });

  it("creates labels only when asked to, and says which", async () => {
    await repository();
    git("remote", "add", "origin", "https://github.com/tide/tables.git");
    const { url, labels } = await labelServer();
    const environment = {
      PATH: await programs("claude"),
      GITHUB_TOKEN: "ghp_1",
      GITHUB_API_URL: url,
    };
    const first = recordedSurroundings(folder, environment);
    await init({ ...plain, createLabels: true }, first.surroundings);
    expect(labels).toEqual(["status:todo", "status:in-progress", "status:needs-human"]);
    expect(first.output.out).toContain("created         status:in-progress, status:needs-human\n");
    expect(first.output.out).toContain("there already   status:todo\n");
    expect(first.output.out).not.toContain("ghp_1");
    const path = join(folder, "WORKFLOW.md");
    const mine = (await readFile(path, "utf8")).replace(
      "[todo, in-progress]",
      "[ready, in-progress]",
    );
    await writeFile(path, mine);
    const second = recordedSurroundings(folder, environment);
    await init({ ...plain, createLabels: true, json: true }, second.surroundings);
    expect(JSON.parse(second.output.out)).toMatchObject({
      github: "tide/tables",
      labels: { created: ["status:ready"], existing: ["status:in-progress", "status:needs-human"] },
    });
    expect(await readFile(path, "utf8")).toBe(mine);
  });

  it("creates labels in the repository and with the prefix that a workflow file names", async () => {
    await repository();
    git("remote", "add", "origin", "https://github.com/tide/tables.git");
    const { url, labels, paths } = await labelServer();
    const environment = { PATH: gitOnPath, GITHUB_TOKEN: "ghp_1", GITHUB_API_URL: url };
    const provider = `repo: tide/charts, labelPrefix: "at:", token: $GITHUB_TOKEN`;
    const path = join(folder, "WORKFLOW.md");
    await writeFile(path, githubWorkflow(provider));
    const { output, surroundings } = recordedSurroundings(folder, environment);
    await init({ ...plain, createLabels: true }, surroundings);
    expect(labels).toEqual(["status:todo", "at:todo", "at:in-progress", "at:needs-human"]);
    expect(new Set(paths)).toEqual(new Set(["/repos/tide/charts/labels"]));
    expect(output.out).toContain("Labels of tide/charts");
    await writeFile(path, githubWorkflow("repo: no repository"));
    await expect(init({ ...plain, createLabels: true }, surroundings)).rejects.toMatchObject({
      code: "tracker_config",
      message: expect.stringContaining("owner/name"),
    });
  });

  it("asks for token and repository before it writes anything", async () => {
    await repository();
    const labels = { ...plain, createLabels: true };
    const { surroundings } = recordedSurroundings(folder, { PATH: gitOnPath });
    await expect(init(labels, surroundings)).rejects.toMatchObject({ code: "tracker_config" });
    git("remote", "add", "origin", "https://github.com/tide/tables.git");
    await expect(init(labels, surroundings)).rejects.toMatchObject({
      code: "tracker_secret",
      remedy: expect.stringContaining("GITHUB_TOKEN"),
    });
    expect(await readdir(folder)).toEqual([".git", "a.txt"]);
  });
});

function githubWorkflow(provider: string): string {
  return `---\ntracker: { kind: github, provider: { ${provider} } }\n---\nWork.\n`;
}

/** As much of GitHub as labels need; one is there already. */
async function labelServer(): Promise<{
  readonly url: string;
  readonly labels: readonly string[];
  readonly paths: readonly string[];
}> {
  const labels = ["status:todo"];
  const paths: string[] = [];
  const server = createServer((request, reply) => {
    void answer(request, reply);
  });
  const answer = async (request: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const isPost = request.method === "POST";
    paths.push((request.url ?? "").replace(/\?.*/, ""));
    const chunks: string[] = [];
    for await (const chunk of request.setEncoding("utf8")) chunks.push(String(chunk));
    const sent: unknown = isPost ? JSON.parse(chunks.join("")) : null;
    if (typeof sent === "object" && sent !== null && "name" in sent) labels.push(String(sent.name));
    reply.writeHead(isPost ? 201 : 200, { "content-type": "application/json" });
    reply.end(JSON.stringify(isPost ? sent : labels.map((name) => ({ name }))));
  };
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, labels, paths };
}
