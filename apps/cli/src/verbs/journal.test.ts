import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Scratch } from "../__fixtures__/scratch.ts";

const settings = (script: string): string => `tracker:
  kind: roadmap
agent:
  backend: mock
  max_concurrent_agents: 1
  grace_ms: 500
backends:
  mock:
    script:
      ${script}
delivery:
  kind: merge
runner: inline
`;
const succeeds = settings("- { kind: succeed, files: { done.txt: done }, commit: Do it }");
const hangs = settings("- { kind: hang }");

/** A repository in which a daemon has run to its end. */
async function worked(): Promise<Scratch> {
  const scratch = new Scratch(succeeds, ["One"]);
  expect(await scratch.run("run", "--once", "--json")).toMatchObject({ status: 0 });
  return scratch;
}

function entriesOf(text: string): readonly { seq: number; at: number; type: string }[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

describe("signalbox journal", () => {
  it("verifies, measures and exports what a daemon wrote", async () => {
    await using scratch = await worked();
    const verdict = await scratch.run("journal", "verify", "--json");
    expect(verdict.status).toBe(0);
    const { replay } = JSON.parse(verdict.out);
    expect(JSON.parse(verdict.out)).toMatchObject({
      is_intact: true,
      damage: [],
      replay_error: null,
    });
    expect((await scratch.run("journal", "verify")).out).toContain("The journal is intact");

    const stats = JSON.parse((await scratch.run("journal", "stats", "--json")).out);
    expect(stats).toMatchObject({ version: replay.version, first: { seq: 1 }, compacted: 0 });
    expect((await scratch.run("journal", "stats")).out).toContain("daemon-started");

    const all = entriesOf((await scratch.run("journal", "export")).out);
    expect(all.map(({ seq }) => seq)).toEqual(
      Array.from({ length: replay.version }, (_, index) => index + 1),
    );
    const some = entriesOf(
      (await scratch.run("journal", "export", "--from", "3", "--to", "5")).out,
    );
    expect(some).toEqual(all.slice(2, 5));
    const fourth = all[3]?.at ?? 0;
    const since = await scratch.run("journal", "export", "--from", String(fourth));
    expect(entriesOf(since.out)).toEqual(all.filter(({ at }) => at >= fourth));
    expect((await scratch.run("journal", "export", "--from", "1000")).out).toBe("");
  });

  it("R-708 finds an entry that was changed, says which one and what to do, and ends with 1", async () => {
    await using scratch = await worked();
    const database = new DatabaseSync(join(scratch.stateDir, "journal.sqlite"));
    database.exec("UPDATE entries SET data = replace(data, 'one', 'two') WHERE seq = 3");
    database.close();
    const verdict = await scratch.run("journal", "verify");
    expect(verdict.status).toBe(1);
    expect(verdict.out).toMatch(/✗ Entry 3 \(.*\) is not as it was written\.\n {2}→ /);
    expect(JSON.parse((await scratch.run("journal", "verify", "--json")).out)).toMatchObject({
      damage: [{ what: "entry", seq: 3 }],
      replay_error: { code: "journal_damaged" },
    });
    const exported = await scratch.run("journal", "export");
    expect(exported).toMatchObject({ status: 1, err: expect.stringContaining("entry 3") });
    expect(entriesOf(exported.out)).toHaveLength(2);
    // A start needs the snapshot and what came after it alone.
    expect((await scratch.run("replay")).status).toBe(0);
  });

  it("R-619 reads beside a running daemon and changes nothing; a missing journal is said", async () => {
    await using scratch = new Scratch(hangs, ["One"]);
    const missing = await scratch.run("journal", "stats");
    expect(missing).toMatchObject({ status: 1, err: expect.stringContaining("signalbox run") });
    const daemon = scratch.start("run", "--json");
    await daemon.said("run-started");
    const journalFiles = (): readonly string[] =>
      scratch.listing().filter((name) => name.startsWith("state/journal"));
    const before = journalFiles();
    for (const verb of [
      ["journal", "verify"],
      ["journal", "stats"],
      ["journal", "export"],
      ["replay"],
    ]) {
      expect(await scratch.run(...verb)).toMatchObject({ status: 0, err: "" });
    }
    expect(journalFiles()).toEqual(before);
    scratch.write("WORKFLOW.md", "---\ntracker: [\n---\n");
    expect(await scratch.run("journal", "stats")).toMatchObject({ status: 0 });
  });

  it("prints its pages, and refuses a wrong command line", async () => {
    await using scratch = new Scratch(hangs, ["One"]);
    for (const page of [
      ["journal", "--help"],
      ["journal", "export", "--help"],
      ["replay", "--help"],
    ]) {
      const { out, status } = await scratch.run(...page);
      expect(status).toBe(0);
      expect(out).toContain("Exit status:");
      expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    }
    expect(await scratch.run("journal")).toMatchObject({ status: 2 });
    expect(await scratch.run("replay", "--at", "soon")).toMatchObject({
      status: 2,
      err: expect.stringContaining('"soon" is no time'),
    });
  });
});

describe("signalbox replay", () => {
  it("R-701 R-712 gives the state of now and of any time, and steps through what happened", async () => {
    await using scratch = await worked();
    const now = JSON.parse((await scratch.run("replay", "--verify", "--json")).out);
    expect(now).toMatchObject({ issues: 1, running: 0, snapshot: now.version });
    expect(now.verify).toMatchObject({ from: 0, hash: now.hash });
    const steps = entriesOf((await scratch.run("replay", "--step", "--json")).out);
    expect(steps.map(({ seq }) => seq)).toHaveLength(now.version);
    expect(steps[0]).toMatchObject({
      decided: [{ type: "epoch-begun" }, { type: "policy-changed" }],
    });
    const started = steps.find(({ type }) => type === "session-started");
    const then = await scratch.run("replay", "--at", String(started?.at), "--json");
    expect(JSON.parse(then.out)).toMatchObject({ running: 1, at: started?.at });
    const text = (await scratch.run("replay", "--step", "--from", String(started?.seq))).out;
    expect(text.split("\n")[0]).toContain(`${started?.seq}  `);
    expect(text).toContain("    session-recorded {");
    expect((await scratch.run("replay")).out).toContain(`State ${now.hash} after entry`);
  });

  it("R-712 says so where a time is before the journal", async () => {
    await using scratch = await worked();
    expect(await scratch.run("replay", "--at", "-1d")).toMatchObject({
      status: 1,
      err: expect.stringContaining("nothing from before"),
    });
  });
});

describe("signalbox explain --at", () => {
  it("R-712 R-616 says what held an issue back then, without a look at the tracker", async () => {
    await using scratch = await worked();
    const entries = entriesOf((await scratch.run("journal", "export")).out);
    const running = entries.find(({ type }) => type === "session-started")?.at ?? 0;
    const then = await scratch.run("explain", "one", "--at", String(running));
    expect(then.out).toContain(
      `As the journal had it at ${new Date(running).toISOString().slice(0, 19)}`,
    );
    expect(then.out).toContain("[running]");
    scratch.write("docs/roadmap.md", "# Nothing\n");
    const later = await scratch.run("explain", "one", "--at", new Date().toISOString(), "--json");
    expect(JSON.parse(later.out).reasons.map(({ code }: { code: string }) => code)).toContain(
      "state-terminal",
    );
    expect((await scratch.run("explain", "one", "--at", "-1h")).status).toBe(1);
  });
});
