import { afterEach, describe, expect, it } from "vitest";
import { processesWith } from "../__fixtures__/processes-with.ts";
import { fixtureCommand, startFixture } from "../__fixtures__/start-fixture.ts";
import { describeKillMeans, isAlive, type ManagedProcess } from "../index.ts";

type Overrides = Parameters<typeof startFixture>[1];
const strays: number[] = [];
const started: ManagedProcess[] = [];

async function start(command: [string, ...string[]], overrides: Overrides = {}) {
  const fixture = await startFixture(command, overrides);
  started.push(fixture.process);
  return fixture;
}

function pidIn(line: string): number {
  const pid = Number(/\d+/.exec(line)?.[0]);
  strays.push(pid);
  return pid;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((process) => process.stop("end of test")));
  for (const pid of strays.splice(0)) if (isAlive(pid, null)) process.kill(pid, "SIGKILL");
});

const ways = [
  { way: "descendants", runMarker: null },
  ...(describeKillMeans().method === "cgroup"
    ? [{ way: "cgroup", runMarker: `test-${process.pid}-members` }]
    : []),
];

describe.skipIf(process.platform !== "linux").each(ways)("R-514 by $way", ({ way, runMarker }) => {
  it("survives a fork bomb: two hundred that fork while they are killed, in sessions of their own", async () => {
    const text = `BOMB=${process.pid}-${way}`;
    const environment = { PATH: process.env["PATH"] ?? "", BOMB: `${process.pid}-${way}` };
    const command = fixtureCommand("bomb.sh");
    const { process: running, firstLine } = await start(["sh", ...command.slice(1)], {
      environment,
      runMarker,
      graceMs: 50,
    });
    await firstLine;
    expect(processesWith(text).length).toBeGreaterThan(10);
    const report = await running.stop("operator");
    expect(report).toMatchObject({ method: way, signal: "SIGKILL", survivors: [] });
    expect(processesWith(text)).toEqual([]);
  });

  it("kills what has stopped itself", async () => {
    const script = "sh -c 'echo $$; kill -STOP $$' & kill -STOP $$";
    const { process: running, firstLine } = await start(["sh", "-c", script], { runMarker });
    const child = pidIn(await firstLine);
    await expect(running.stop("operator")).resolves.toMatchObject({ signal: "SIGKILL" });
    expect(isAlive(child, null)).toBe(false);
    await expect(running.exited).resolves.toMatchObject({ signal: "SIGKILL", survivors: [] });
  });

  it("finds the child of a parent that nobody has waited for", async () => {
    const script = `sh -c 'setsid sleep 60 & echo $!' & exec sleep 60`;
    const { process: running, firstLine } = await start(["sh", "-c", script], { runMarker });
    const orphan = pidIn(await firstLine);
    await running.stop("operator");
    expect(isAlive(orphan, null)).toBe(false);
  });

  it("finds who holds the output after the process has ended, without parent and environment", async () => {
    const script = `(env -i PATH="$PATH" setsid sh -c 'echo $$; exec sleep 60' &)`;
    const { process: running, firstLine } = await start(["sh", "-c", script], { runMarker });
    await expect(running.exited).resolves.toMatchObject({ code: 0, survivors: [] });
    expect(isAlive(pidIn(await firstLine), null)).toBe(false);
  });
});

describe.skipIf(process.platform !== "linux")("R-514 without a cgroup", () => {
  it("reports what may have survived, and kills no one on suspicion", async () => {
    const { process: running, firstLine } = await start(fixtureCommand("hermit.mjs", "stay"));
    const hermit = pidIn(await firstLine);
    const report = await running.stop("operator");
    expect(report).toMatchObject({ method: "descendants", survivors: [] });
    expect(report.suspects).toContain(hermit);
    expect(isAlive(hermit, null)).toBe(true);
  });
});
