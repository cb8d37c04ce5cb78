import { WorkspaceManager } from "@signalbox/workspaces";
import { describe, expect, it } from "vitest";
import { aborted, ScriptedBackend } from "./__fixtures__/scripted-backend.ts";
import { createWorld, type World } from "./__fixtures__/world.ts";
import { RunWorkspace } from "./run-workspace.ts";

const calm = new AbortController().signal;
const patienceMs = 10_000;

async function prepared(world: World): Promise<RunWorkspace> {
  const { clock, config, logged } = world;
  const ports = {
    workspaces: new WorkspaceManager(config),
    loadBackend: async () => new ScriptedBackend(),
    stateDir: config.stateDir,
    clock,
    logger: { log: (_level: string, message: string) => void logged.push(message) },
    killStrays: async () => undefined,
    environment: process.env,
  };
  const workspace = new RunWorkspace(world.order(), ports, "marker", patienceMs);
  await workspace.prepare(calm);
  return workspace;
}

/** As a git that hangs: it ends when it is aborted, or not even then. */
function hanging(isDeaf: boolean) {
  const begun = Promise.withResolvers<void>();
  const publish = async (signal: AbortSignal): Promise<void> => {
    begun.resolve();
    await (isDeaf ? new Promise(() => undefined) : aborted(signal));
    throw signal.reason;
  };
  return { publish, begun: begun.promise };
}

describe.each([false, true])("a git that hangs, deaf: %s,", (isDeaf) => {
  it("R-515 keeps nobody from stopping the run after a turn", async () => {
    await using world = createWorld({ backend: new ScriptedBackend(), kind: "git" });
    const workspace = await prepared(world);
    const git = hanging(isDeaf);
    workspace.livesIn(git);
    const stop = new AbortController();
    const looking = workspace.hasMoved(stop.signal);
    await git.begun;
    stop.abort();
    if (isDeaf) world.clock.advance(patienceMs);
    await expect(looking).rejects.toThrow(isDeaf ? "within 10000 ms" : "aborted");
  });

  it("R-515 is given up after half a minute when a turn or the run has ended", async () => {
    await using world = createWorld({ backend: new ScriptedBackend(), kind: "git" });
    const workspace = await prepared(world);
    const git = hanging(isDeaf);
    workspace.livesIn(git);
    const looking = workspace.hasMoved(calm);
    await git.begun;
    world.clock.advance(30_000);
    if (isDeaf) world.clock.advance(patienceMs);
    await expect(looking).rejects.toThrow("within 30000 ms");

    const left = hanging(isDeaf);
    workspace.livesIn(left);
    const leaving = workspace.leave();
    await left.begun;
    world.clock.advance(30_000);
    if (isDeaf) world.clock.advance(patienceMs);
    expect(await leaving).toMatchObject({ dirty: false });
    expect(world.logged).toEqual([expect.stringContaining("could not be taken over")]);
  });
});
