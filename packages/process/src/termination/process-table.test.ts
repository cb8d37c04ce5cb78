import { describe, expect, it } from "vitest";
import { fixtureCommand, startFixture } from "../__fixtures__/start-fixture.ts";
import { isAlive, processStartTime } from "../index.ts";

describe.skipIf(process.platform !== "linux")("isAlive", () => {
  it("knows a process by its pid and start time, so that a reused pid is not taken for it", async () => {
    const { process: running, firstLine } = await startFixture(fixtureCommand("sleeper.mjs"));
    await firstLine;
    const startTime = processStartTime(running.pid);
    expect(startTime).toBeGreaterThan(0);
    expect(isAlive(running.pid, startTime)).toBe(true);
    expect(isAlive(running.pid, Number(startTime) - 1)).toBe(false);
    expect(isAlive(running.pid, null)).toBe(true);
    await running.stop("test");
    await running.exited;
    expect(isAlive(running.pid, startTime)).toBe(false);
    expect(processStartTime(running.pid)).toBeNull();
  });

  it("reads a start time also behind a name with spaces and parentheses", async () => {
    const { process: running, firstLine } = await startFixture([
      process.execPath,
      "-e",
      "process.title = 'a) R 1 2 (b'; console.log('ready'); setInterval(() => {}, 60_000)",
    ]);
    await firstLine;
    expect(processStartTime(running.pid)).toBeGreaterThanOrEqual(
      Number(processStartTime(process.pid)),
    );
    await running.stop("test");
  });
});
