import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Scratch } from "../__fixtures__/scratch.ts";

/** A workflow whose agent is a line of shell. */
const workflow = (script: string, delivery = "{ kind: merge }"): string =>
  `tracker: { kind: roadmap }
agent: { backend: command, max_failures: 1, grace_ms: 200 }
backends:
  command: { program: [sh, -c, ${JSON.stringify(script)}] }
delivery: ${delivery}
memory_reserve_mb: 0
`;

const commit = "git add -A && git commit -qm work";

/** Everything below a folder, as one text. */
function contentOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}

describe("from a roadmap to delivered work", () => {
  it("R-1007 what an agent does to the roadmap file is dropped, and the rest is merged", async () => {
    const agent = `sed -i 's/planned/done/' docs/roadmap.md; echo x > $SIGNALBOX_ISSUE_IDENTIFIER.txt; ${commit}`;
    await using scratch = new Scratch(workflow(agent), ["One", "Two"]);
    const { status, out } = await scratch.run("run", "--once");
    expect(out).toContain("delivered");
    expect(status).toBe(0);
    expect(scratch.read("one.txt")).toBe("x\n");
    expect(scratch.git("show", "HEAD:docs/roadmap.md")).not.toContain("done");
    expect(scratch.read("docs/roadmap.md").match(/\*\*Status:\*\* done/g)).toHaveLength(2);
  });

  it("R-325 a secret that an agent says stands in no log, journal, transcript or explanation", async () => {
    const secret = "lin_api_0123456789abcdef";
    await using scratch = new Scratch(
      workflow("echo lin_api_0123''456789abcdef >&2; exit 3", "{ kind: none }"),
      ["One"],
    );
    process.env["LINEAR_API_KEY"] = secret;
    try {
      const { out, err } = await scratch.run("run", "--once", "--log-level", "debug");
      expect(out).toContain("[redacted]");
      const explained = await scratch.run("explain", "one");
      const journal = contentOf(scratch.stateDir);
      for (const text of [out, err, explained.out, journal]) expect(text).not.toContain(secret);
    } finally {
      delete process.env["LINEAR_API_KEY"];
    }
  });

  it("a repository that no agent can work in ends a single pass, parks nothing, and is tried again", async () => {
    await using scratch = new Scratch(
      workflow(`echo x > $SIGNALBOX_ISSUE_IDENTIFIER.txt; ${commit}`),
      ["One", "Two"],
    );
    scratch.git("checkout", "-q", "--detach");
    const failed = await scratch.run("run", "--once");
    expect(failed.status).toBe(1);
    expect(failed.err).toContain("detached HEAD");
    expect(scratch.read("docs/roadmap.md")).not.toContain("needs-human");
    scratch.git("checkout", "-q", "main");
    expect((await scratch.run("run", "--once")).status).toBe(0);
    expect(scratch.read("docs/roadmap.md").match(/\*\*Status:\*\* done/g)).toHaveLength(2);
  });

  it("R-802 R-803 a quota that one run meets keeps the next ones from it until its reset, and is no failure", async () => {
    const reset = `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 19)}Z`;
    const quota = { type: "quota", pool: "team", resets_at: reset };
    const settings = workflow(`echo '::signalbox ${JSON.stringify(quota)}'`);
    await using scratch = new Scratch(
      settings.replace("agent: {", "agent: { max_concurrent_agents: 1,"),
      ["One", "Two", "Three"],
    );
    const first = await scratch.run("run", "--once");
    // A run frees its slot when its agent is gone, a moment before it is known why: no more than one slips through.
    expect(first.out).not.toContain("started run-3");
    const second = await scratch.run("run", "--once");
    expect(second.out).not.toContain("started run-");
    const { out } = await scratch.run("explain", "three");
    expect(out).toContain("by the word of team");
    expect(out).toContain(reset);
    expect(scratch.read("docs/roadmap.md")).not.toContain("needs-human");
  });

  it("R-1008 with the state folder lost, delivered work does not run again", async () => {
    await using scratch = new Scratch(workflow(`date +%N > one.txt; ${commit}`), ["One"]);
    await scratch.run("run", "--once");
    const head = scratch.git("rev-parse", "HEAD");
    scratch.git("checkout", "-q", "--", "docs/roadmap.md");
    rmSync(scratch.stateDir, { recursive: true });
    expect((await scratch.run("run", "--once")).status).toBe(0);
    expect(scratch.git("rev-parse", "HEAD")).toBe(head);
    expect(scratch.read("docs/roadmap.md")).toContain("done");
    expect(existsSync(scratch.stateDir)).toBe(true);
  });
});
