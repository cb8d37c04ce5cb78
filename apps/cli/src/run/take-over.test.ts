import { existsSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { Scratch } from "../__fixtures__/scratch.ts";

const settings = (release: string): string => `tracker:
  kind: roadmap
agent: { backend: command, max_concurrent_agents: 1 }
backends:
  command:
    program: [sh, -c, "touch ${release}.begun; while [ ! -e ${release} ]; do sleep 0.05; done"]
sandbox: { tier: none }
memory_reserve_mb: 0
`;

it.skipIf(!existsSync("/proc/locks"))(
  "R-706 beside a daemon that is stopped, a second one says what helps; --take-over goes on with its agents",
  async () => {
    await using scratch = new Scratch("", ["One"]);
    const release = `${scratch.folder}/release`;
    scratch.write("WORKFLOW.md", `---\n${settings(release)}---\nGo.\n`);
    const first = scratch.start("run");
    await first.said("started run-1");
    await vi.waitFor(() => expect(existsSync(`${release}.begun`)).toBe(true), { timeout: 10_000 });
    const { pid = 0 } = first.child;
    first.child.kill("SIGSTOP");

    const refused = await scratch.run("run");
    expect(refused.status).toBe(1);
    expect(refused.out, "nothing is announced").toBe("");
    expect(refused.err).toContain(`pid ${pid}`);
    expect(refused.err).toContain(`\`kill -CONT ${pid}\` lets it go on`);
    expect(refused.err).toContain("`signalbox run --take-over`");

    const second = scratch.start("run", "--take-over");
    await second.said("adopted run-1: still running since");
    expect(second.err).toContain(`took over from the daemon with pid ${pid}`);
    await first.ended;
    expect(first.child.signalCode).toBe("SIGKILL");
    scratch.write("../release", "");
    await second.said("run-1 succeeded");
    second.child.kill("SIGTERM");
    expect((await second.ended).status).toBe(0);
  },
);
