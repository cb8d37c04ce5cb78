import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { scripted } from "./__fixtures__/scripted.ts";
import { never, orderOf } from "./__fixtures__/start-session.ts";
import { AcpBackend } from "./index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "signalbox-acp-"));
  await writeFile(join(folder, "my-agent"), `#!/bin/sh\nexec ${scripted("success").join(" ")}\n`);
  await chmod(join(folder, "my-agent"), 0o755);
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"]}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

it("the example of the README runs", async () => {
  const backend = new AcpBackend({ program: ["my-agent", "--acp"], permissions: "accept-edits" });
  const session = await backend.startSession(orderOf({ cwd: folder }, () => undefined));
  const outcome = await session.runTurn("Add a README", never);
  await session.close();
  expect(outcome).toEqual({ kind: "succeeded" });
});
