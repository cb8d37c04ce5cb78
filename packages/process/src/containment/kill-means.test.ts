import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { processesWith } from "../__fixtures__/processes-with.ts";
import { fixtureCommand, startFixture } from "../__fixtures__/start-fixture.ts";
import { describeKillMeans, isAlive, killStrays, processStartTime } from "../index.ts";
import { cgroupHome } from "./cgroup-home.ts";
import { removeStaleCgroups } from "./run-cgroups.ts";

const home = cgroupHome();
const folder = typeof home === "string" ? home : "";
const hasCgroups = describeKillMeans().method === "cgroup";
const marker = (name: string): string => `test-${process.pid}-${name}`;

/** The cgroups of runs that this process has made. */
function ownCgroups(): string[] {
  return readdirSync(folder).filter((name) => name.startsWith(`signalbox-${process.pid}-`));
}

function cgroupOf(pid: number | "self"): string {
  return readFileSync(`/proc/${pid}/cgroup`, "utf8");
}

describe("describeKillMeans", () => {
  it("says what is used here, why it is not better, and what may escape", () => {
    const means = describeKillMeans();
    expect(["cgroup", "descendants", "group"]).toContain(means.method);
    expect(means.because === null).toBe(means.method === "cgroup");
    expect(means.mayEscape).not.toBe("");
  });
});

describe.skipIf(!hasCgroups)("in a cgroup (needs a writable cgroup v2)", () => {
  it("R-514 ends what nothing else leads to, and leaves no cgroup behind", async () => {
    const { process: running, firstLine } = await startFixture(
      fixtureCommand("hermit.mjs", "stay"),
      { runMarker: marker("stop") },
    );
    const hermit = Number(/\d+/.exec(await firstLine)?.[0]);
    expect(cgroupOf(running.pid)).toBe(cgroupOf(hermit));
    expect(cgroupOf(running.pid)).not.toBe(cgroupOf("self"));
    await expect(running.stop("operator")).resolves.toMatchObject({
      method: "cgroup",
      signal: "SIGKILL",
      survivors: [],
    });
    expect(isAlive(hermit, null)).toBe(false);
    expect(ownCgroups()).toEqual([]);
  });

  it("R-514 ends it too where the process ends by itself", async () => {
    const { process: running, firstLine } = await startFixture(
      fixtureCommand("hermit.mjs", "leave"),
      { runMarker: marker("exit") },
    );
    await expect(running.exited).resolves.toMatchObject({ code: 0, survivors: [] });
    expect(isAlive(Number(/\d+/.exec(await firstLine)?.[0]), null)).toBe(false);
    expect(ownCgroups()).toEqual([]);
  });

  it("R-514 ends what is never alive for long: each starts the next one and is gone", async () => {
    const { process: running } = await startFixture(
      ["sh", ...fixtureCommand("relay.sh", "20000").slice(1)],
      {
        environment: { PATH: process.env["PATH"] ?? "", RELAY: String(process.pid) },
        runMarker: marker("relay"),
        graceMs: 0,
      },
    );
    await expect(running.exited).resolves.toMatchObject({ code: 0, survivors: [] });
    expect(processesWith(`RELAY=${process.pid}`)).toEqual([]);
    expect(ownCgroups()).toEqual([]);
  });

  it("leaves none behind where the program cannot be started", async () => {
    const order = { runMarker: marker("refused") };
    await expect(startFixture(["true", "x".repeat(3_000_000)], order)).rejects.toMatchObject({
      code: "process_spawn",
    });
    await expect.poll(ownCgroups).toEqual([]);
  });

  it("killStrays ends what a dead process has left there, and removes it", async () => {
    const runMarker = marker("strays");
    const script = fileURLToPath(new URL("../__fixtures__/orphan-maker.ts", import.meta.url));
    const owner = spawn(process.execPath, ["--conditions=@signalbox/source", script, runMarker], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(owner, "exit");
    const [line] = await once(owner.stdout, "data");
    await exited;
    const hermit = Number(/\d+/.exec(String(line))?.[0]);
    expect(isAlive(hermit, null)).toBe(true);
    const cgroup = `${folder}/${cgroupOf(hermit).trim().split("/").at(-1)}`;
    expect(existsSync(cgroup)).toBe(true);
    await expect(killStrays(runMarker)).resolves.toContain(hermit);
    expect(isAlive(hermit, null)).toBe(false);
    expect(existsSync(cgroup)).toBe(false);
  });

  it("removes what dead owners have left, if nobody lives in it", async () => {
    const name = (pid: number, startTime: number | null): string =>
      join(folder, `signalbox-${pid}-${startTime}-0123456789abcdef-999`);
    const stale = name(process.pid, 1);
    const living = name(process.pid, processStartTime(process.pid));
    mkdirSync(stale);
    mkdirSync(living);
    await removeStaleCgroups(folder);
    expect([existsSync(stale), existsSync(living)]).toEqual([false, true]);
    rmdirSync(living);
  });
});
