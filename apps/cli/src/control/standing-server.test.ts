import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { ControlClient } from "./control-client.ts";
import { placeFile } from "./control-place.ts";
import { controlVersion } from "./protocol.ts";
import { StandingServer } from "./standing-server.ts";

const workflow = "/repository/WORKFLOW.md";

it.each([
  ["its folder", (folder: string) => join(folder, "control")],
  ["the file that says where it is", placeFile],
])("a control socket is made again when %s is removed", async (_, removed) => {
  const folder = await mkdtemp(join(tmpdir(), "signalbox-control-"));
  const life = { pid: process.pid, host: "h", epoch: 1, since: 1, version: "1" };
  const hello = { type: "hello", v: controlVersion, ...life, workflow } as const;
  const failures: unknown[] = [];
  const server = new StandingServer(
    { stateDir: folder, environment: {}, hello, carryOut: async ({ verb }) => verb },
    (error) => failures.push(error),
  );
  const asks = async (): Promise<unknown> => {
    using client = await ControlClient.connect({ stateDir: folder, path: workflow });
    return await client.request({ verb: "status" });
  };
  try {
    await vi.waitFor(async () => expect(await asks()).toBe("status"), { timeout: 5_000 });
    await rm(removed(folder), { recursive: true });
    await expect(asks()).rejects.toMatchObject({ code: "daemon_not_running" });
    await vi.waitFor(async () => expect(await asks()).toBe("status"), { timeout: 5_000 });
    expect(failures).toEqual([]);
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
