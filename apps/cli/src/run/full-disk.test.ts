import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { watch } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { Scratch } from "../__fixtures__/scratch.ts";

/** Runs the rest of its arguments with a disk of 4 MiB, which nobody else sees, at its first argument. */
const onSmallDisk = ["-rm", "sh", "-c", 'mount -t tmpfs -o size=4m tmpfs "$0" && exec "$@"'];
const canMount = spawnSync("unshare", [...onSmallDisk, "/mnt", "true"]).status === 0;

/** Journal on the small disk; agents that work until the file `release` appears, and leave a sign of life. */
function settings(repository: string, disk: string): string {
  return `tracker:
  kind: roadmap
  states: { succeeded: done }
polling: { interval_ms: 200 }
agent:
  backend: command
  max_concurrent_agents: 1
  grace_ms: 500
backends:
  command:
    program:
      - sh
      - -c
      - while [ -d ${repository} ] && [ ! -e ${repository}/release ]; do touch ${repository}/alive; sleep 0.05; done; echo x > $$; git add .; git commit -qm x
journal: { path: ${disk}/journal.sqlite }
delivery: { kind: branch }
sandbox: { tier: none }
runner: inline
memory_reserve_mb: 0
`;
}

/** So many that what is written down of them does not fit into what the journal's files hold already. */
const manyFeatures = Array.from(
  { length: 1_500 },
  (_, index) => `### Feature ${index}\n\n- **Status:** planned\n- **Summary:** Do it.\n`,
).join("\n");

describe.skipIf(!canMount)("a full disk (needs user namespaces)", () => {
  it("R-709 stops dispatch and no agent, is said, and is over when there is space", async () => {
    await using scratch = new Scratch("", ["One", "Two"]);
    const disk = join(scratch.folder, "disk");
    mkdirSync(disk);
    const { repository } = scratch;
    scratch.write("WORKFLOW.md", `---\n${settings(repository, disk)}---\nWork.\n`);
    scratch.git("commit", "-qam", "settings");
    const small = ["unshare", ...onSmallDisk, disk];
    const daemon = scratch.startUnder(small, "run", "--json", "--log-level", "info");
    await daemon.said('"run-started"');
    const sign = join(repository, "alive");
    await isGiven(sign);
    const ballast = join(`/proc/${daemon.child.pid}/root`, disk, "ballast");
    fill(ballast);
    const roadmap = scratch.read("docs/roadmap.md");
    scratch.write("docs/roadmap.md", `${roadmap}\n${manyFeatures}`);
    await daemon.said("journal_full");
    await isGiven(sign);
    expect(daemon.out.split('"run-started"')).toHaveLength(2);
    expect(`${daemon.out}${daemon.err}`).toContain("Free space on its disk");

    const pid = String(daemon.child.pid);
    const beside = ["nsenter", "-U", "--preserve-credentials", "-m", "-t", pid];
    const explain = scratch.startUnder([...beside, `--wdns=${repository}`], "explain", "two");
    const orders = ["stop one", "retry one", "release one"];
    const refused = await Promise.all(
      orders.map((order) => scratch.run(...order.split(" "), "--json")),
    );
    for (const { status, out } of refused) {
      expect([status, out]).toEqual([1, expect.stringContaining('"code":"journal_full"')]);
      expect(out).toContain("Free space on its disk");
    }
    expect((await scratch.run("status")).out).toContain("! Nothing can be decided");
    expect((await explain.ended).out).toContain("[journal-unwritable]");

    rmSync(ballast);
    await daemon.said("can be written again");
    await daemon.said('"run_id":"run-2"');
    daemon.child.kill("SIGTERM");
    expect((await daemon.ended).status).toBe(0);
  });
});

/** Resolves when the agent gives another sign of life. */
async function isGiven(path: string): Promise<void> {
  rmSync(path, { force: true });
  const limit = AbortSignal.timeout(10_000);
  for await (const { filename } of watch(dirname(path), { signal: limit })) {
    if (filename === basename(path)) return;
  }
}

/** Leaves not a byte. */
function fill(path: string): void {
  for (let size = 1_048_576; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: "a" });
    } catch (error) {
      const isFull = error instanceof Error && "code" in error && error.code === "ENOSPC";
      if (!isFull) throw error;
    }
  }
}
