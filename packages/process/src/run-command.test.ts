import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { fixtureCommand } from "./__fixtures__/start-fixture.ts";
import { agentEnvironment, type CommandOrder, isAlive, runCommand } from "./index.ts";

function order(
  command: [string, ...string[]],
  overrides: Partial<CommandOrder> = {},
): CommandOrder {
  return {
    command,
    cwd: tmpdir(),
    environment: agentEnvironment({ from: process.env }),
    runMarker: null,
    timeoutMs: 20_000,
    graceMs: 200,
    ...overrides,
  };
}

describe("runCommand", () => {
  it("gives the exit and both outputs", async () => {
    const result = await runCommand(order(["sh", "-c", "echo out; echo err >&2; exit 3"]));
    expect(result).toMatchObject({
      exit: { code: 3, signal: null, stoppedBy: null },
      stdout: { text: "out\n", droppedBytes: 0 },
      stderr: { text: "err\n", droppedBytes: 0 },
      timedOut: false,
    });
    expect(result.durationMs).toBe(result.exit.durationMs);
  });

  it("R-210 a command past its timeout dies with its whole process group", async () => {
    const script = "trap '' TERM; sleep 60 & echo $!; sleep 60 & echo $!; echo $$; wait; wait";
    const result = await runCommand(order(["sh", "-c", script], { timeoutMs: 1_000 }));
    expect(result).toMatchObject({ timedOut: true, exit: { stoppedBy: "timeout", survivors: [] } });
    const pids = result.stdout.text.trim().split("\n").map(Number);
    expect(pids).toHaveLength(3);
    expect(pids.filter((pid) => isAlive(pid, null))).toEqual([]);
  });

  it("R-222 a gigabyte of output neither blocks nor is kept", async () => {
    const bytes = 1024 ** 3;
    const before = process.memoryUsage().rss;
    const script = `echo first; head -c ${bytes} /dev/zero; echo last`;
    const { stdout, exit } = await runCommand(
      order(["sh", "-c", script], { maxOutputBytes: 1000 }),
    );
    expect(exit.code).toBe(0);
    expect(stdout.droppedBytes).toBe(bytes + "first\nlast\n".length - 1000);
    expect(stdout.text).toMatch(/^first\n\0+\n\[\d+ bytes left out\]\n\0+last\n$/);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 ** 2);
  });

  it("R-507 the errors of a program are apart from its output, and bounded", async () => {
    const script = "echo out; head -c 5000000 /dev/zero >&2; echo err >&2";
    const { stdout, stderr } = await runCommand(
      order(["sh", "-c", script], { maxOutputBytes: 100 }),
    );
    expect(stdout).toEqual({ text: "out\n", droppedBytes: 0 });
    expect(stderr.droppedBytes).toBe(5_000_004 - 100);
    expect(stderr.text).toMatch(/^\0+\n\[\d+ bytes left out\]\n\0+err\n$/);
  });

  it("rejects with the reason of an abort, when nothing is alive any more", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const running = runCommand(order(fixtureCommand("sleeper.mjs"), { signal: controller.signal }));
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });
});
