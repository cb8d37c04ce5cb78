import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { nodeArguments } from "../__fixtures__/process-world.ts";

const fixture = fileURLToPath(new URL("../__fixtures__/out-of-files.ts", import.meta.url));

describe("a daemon without descriptors", () => {
  it("fails the run that needs a runner, and lives on", () => {
    const command = [process.execPath, ...nodeArguments, fixture];
    const { stdout, stderr } = spawnSync(
      "sh",
      ["-c", 'ulimit -n 64; exec "$@"', "sh", ...command],
      {
        encoding: "utf8",
      },
    );
    expect(stderr).toBe("");
    expect(stdout).toBe("runner_died true, lives on\n");
  });
});
