import { afterEach, describe, expect, it } from "vitest";
import { processesWith } from "./__fixtures__/processes-with.ts";
import { fixtureCommand, startFixture } from "./__fixtures__/start-fixture.ts";
import { isAlive, killStrays, type ManagedProcess } from "./index.ts";

interface Family {
  readonly self: number;
  readonly child: number;
  readonly ownSession: number;
  readonly orphan: number;
  readonly bare: number;
}

const started: ManagedProcess[] = [];

async function start(
  command: [string, ...string[]],
  overrides: Parameters<typeof startFixture>[1] = {},
) {
  const fixture = await startFixture(command, overrides);
  started.push(fixture.process);
  return fixture;
}

function living(family: Family): string[] {
  return Object.entries(family)
    .filter(([, pid]) => isAlive(pid, null))
    .map(([name]) => name);
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((process) => process.stop("end of test")));
});

describe.skipIf(process.platform !== "linux")("R-514 stop", () => {
  it("ends children, sessions of their own, orphans and those without environment", async () => {
    const { process: running, firstLine } = await start(fixtureCommand("family.mjs", "stay"));
    const family: Family = JSON.parse(await firstLine);
    expect(living(family)).toHaveLength(5);
    const report = await running.stop("operator");
    expect(report).toMatchObject({
      reason: "operator",
      signal: "SIGTERM",
      method: "descendants",
      survivors: [],
    });
    expect(living(family)).toEqual([]);
    await expect(running.exited).resolves.toMatchObject({ stoppedBy: "operator", survivors: [] });
  });

  it("kills what ignores SIGTERM, when the grace is over and not before", async () => {
    const command = fixtureCommand("family.mjs", "stay", "stubborn");
    const { process: running, firstLine } = await start(command, { graceMs: 300 });
    const family: Family = JSON.parse(await firstLine);
    const before = performance.now();
    const report = await running.stop("operator");
    const tookMs = performance.now() - before;
    expect(report).toMatchObject({ signal: "SIGKILL", survivors: [] });
    expect(tookMs).toBeGreaterThanOrEqual(299);
    expect(tookMs).toBeLessThan(5_000);
    expect(living(family)).toEqual([]);
  });

  it("does not wait for a grace that nobody needs", async () => {
    const { process: running, firstLine } = await start(fixtureCommand("sleeper.mjs"), {
      graceMs: 60_000,
    });
    await firstLine;
    await expect(running.stop("operator")).resolves.toMatchObject({ signal: "SIGTERM" });
    await expect(running.exited).resolves.toMatchObject({ code: null, signal: "SIGTERM" });
  });

  it("touches nothing that the process did not start, whatever its marker of the run", async () => {
    const runMarker = `test-${process.pid}-shared`;
    const other = await start(fixtureCommand("sleeper.mjs"), { runMarker });
    await other.firstLine;
    const { process: running } = await start(fixtureCommand("sleeper.mjs"), { runMarker });
    await running.stop("operator");
    expect(isAlive(other.process.pid, null)).toBe(true);
  });

  it("ends what a process leaves behind that ends by itself", async () => {
    const { process: running, firstLine } = await start(fixtureCommand("family.mjs", "leave"));
    const exit = await running.exited;
    const family: Family = JSON.parse(await firstLine);
    expect(exit).toMatchObject({ code: 0, stoppedBy: null, survivors: [] });
    // Without parent, group and environment nothing leads to this one: that is the documented limit.
    expect(living(family).filter((name) => name !== "bare")).toEqual([]);
    if (isAlive(family.bare, null)) process.kill(family.bare, "SIGKILL");
  });

  it("an exit is seen although somebody else holds the output open", async () => {
    const before = performance.now();
    const { process: running, firstLine } = await start(fixtureCommand("pipe-holder.mjs"));
    await expect(running.exited).resolves.toMatchObject({ code: 0 });
    expect(performance.now() - before).toBeLessThan(10_000);
    const pid = Number(/\d+/.exec(await firstLine)?.[0]);
    expect(isAlive(pid, null)).toBe(false);
  });
});

describe("R-515 stop is idempotent", () => {
  it("lets the first reason win, and gives everyone the same report", async () => {
    const { process: running } = await start(fixtureCommand("sleeper.mjs", "stubborn"));
    const [first, second] = await Promise.all([running.stop("stalled"), running.stop("operator")]);
    expect(first.reason).toBe("stalled");
    expect(second).toEqual(first);
    await expect(running.stop("shutdown")).resolves.toEqual(first);
  });

  it("does nothing to a process that has ended", async () => {
    const { process: running } = await start(["true"]);
    await expect(running.exited).resolves.toMatchObject({ stoppedBy: null });
    await expect(running.stop("operator")).resolves.toMatchObject({
      reason: "operator",
      signal: null,
      survivors: [],
    });
  });

  it("works at once after the start", async () => {
    const { process: running } = await start(["sleep", "60"]);
    await running.stop("operator");
    await expect(running.exited).resolves.toMatchObject({ stoppedBy: "operator" });
  });

  it("is safe at every moment of the start", async () => {
    for (let moment = 0; moment < 12; moment += 1) {
      const controller = new AbortController();
      const text = `MOMENT=${process.pid}-${moment}`;
      const starting = startFixture(["sleep", "60"], {
        environment: { PATH: process.env["PATH"] ?? "", MOMENT: `${process.pid}-${moment}` },
        signal: controller.signal,
        runMarker: moment % 2 === 0 ? null : `test-${process.pid}-moment`,
      });
      const ended = starting.then(
        async ({ process: running }) => (await running.exited).stoppedBy,
        (error: unknown) => error,
      );
      for (let turn = 0; turn < moment; turn += 2) await new Promise((next) => setImmediate(next));
      controller.abort("operator");
      await expect(ended).resolves.toBe("operator");
      expect(processesWith(text)).toEqual([]);
    }
  });

  it("is what aborting the signal does", async () => {
    const controller = new AbortController();
    const { process: running, firstLine } = await start(fixtureCommand("sleeper.mjs"), {
      signal: controller.signal,
    });
    await firstLine;
    controller.abort("budget");
    await expect(running.exited).resolves.toMatchObject({ stoppedBy: "budget" });
  });
});

describe.skipIf(process.platform !== "linux")("killStrays", () => {
  it("kills all that carry exactly this marker, their children too, and no one else", async () => {
    const runMarker = `test-${process.pid}`;
    const runs = await Promise.all([
      start(fixtureCommand("family.mjs", "stay", "stubborn"), { runMarker }),
      start(fixtureCommand("sleeper.mjs"), { runMarker: `${runMarker}0` }),
      start(fixtureCommand("sleeper.mjs"), { runMarker: null }),
    ]);
    const [first = ""] = await Promise.all(runs.map((run) => run.firstLine));
    const family: Family = JSON.parse(first);
    const killed = await killStrays(runMarker);
    expect(killed).toEqual(expect.arrayContaining(Object.values(family)));
    expect(living(family)).toEqual([]);
    expect(runs.map((run) => isAlive(run.process.pid, null))).toEqual([false, true, true]);
  });

  it("finds nothing where nothing is", async () => {
    await expect(killStrays(`test-${process.pid}-none`)).resolves.toEqual([]);
  });

  it("spares the process that asks", async () => {
    const runMarker = `test-${process.pid}-self`;
    const script = `
      import { killStrays } from ${JSON.stringify(new URL("index.ts", import.meta.url).href)};
      console.log(JSON.stringify(await killStrays(${JSON.stringify(runMarker)})));`;
    const { process: running, output } = await start(
      [process.execPath, "--conditions=@signalbox/source", "--input-type=module", "-e", script],
      { runMarker },
    );
    await expect(running.exited).resolves.toMatchObject({ code: 0 });
    expect(output()).toBe("[]\n");
  });
});
