import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Scratch } from "../__fixtures__/scratch.ts";

const settings = `tracker: { kind: roadmap }
agent: { backend: command }
backends: { command: { program: [sh, -c, "exit 0"] } }
`;

it.skipIf(process.platform !== "linux")(
  "agents get no less than was asked for in silence, where nothing more than the usual is shown",
  async () => {
    await using scratch = new Scratch(settings, []);
    const folder = join(scratch.folder, "bin");
    mkdirSync(folder);
    writeFileSync(join(folder, "bwrap"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const path = `PATH=${folder}:${process.env["PATH"] ?? ""}`;
    const { err, status } = await scratch.startUnder(["env", path], "run", "--once").ended;
    expect(status).toBe(0);
    expect(err).toContain(`Agents run in no sandbox: ${folder}/bwrap cannot start a program here.`);
  },
);
