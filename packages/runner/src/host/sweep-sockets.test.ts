import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { ControlServer } from "../control/control-server.ts";
import { controlSocketPath } from "../control/socket-path.ts";
import { sweepSockets } from "./sweep-sockets.ts";

it("removes the sockets of dead runners, and their folder with the last one", async () => {
  const root = mkdtempSync(join(tmpdir(), "signalbox-sweep-"));
  const environment = { XDG_RUNTIME_DIR: root };
  const own = controlSocketPath("/state", "run-1", environment);
  const folder = join(own, "..");
  const dead = String(spawnSync("true").pid);
  const left = createServer();
  await once(left.listen(join(folder, `run-2-${dead}.sock`)), "listening");
  const alive = createServer();
  await once(alive.listen(own), "listening");
  writeFileSync(join(folder, `run-3-${dead}.sock`), "no socket");

  await sweepSockets("/state", environment);
  expect(readdirSync(folder)).toEqual([basename(own), `run-3-${dead}.sock`]);
  alive.close();
  left.close();
  rmSync(join(folder, `run-3-${dead}.sock`));
  await sweepSockets("/state", environment);
  expect(existsSync(folder)).toBe(false);
  await sweepSockets("/state", environment);
  mkdirSync(root, { recursive: true });
  rmSync(root, { recursive: true });
});

it("a runner whose folder was swept away before it listened makes it again", async () => {
  const root = mkdtempSync(join(tmpdir(), "signalbox-sweep-"));
  const environment = { XDG_RUNTIME_DIR: root };
  const path = controlSocketPath("/state", "run-1", environment);
  await sweepSockets("/state", environment);
  const commands = {
    runId: "run-1",
    spoolBytes: () => 0,
    takenOver: () => undefined,
    stop: () => undefined,
    reply: () => undefined,
    answerCall: () => undefined,
  };
  const server = await ControlServer.listen(path, 1, commands);
  expect(existsSync(path)).toBe(true);
  await server.close();
  rmSync(root, { recursive: true });
});
