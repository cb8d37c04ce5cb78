import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { failure, success } from "./closing-words.ts";
import { createScratchProject } from "./scratch-project.ts";

it("the last words of the demo are commands that work in any folder", async () => {
  const project = await createScratchProject();
  try {
    for (const words of [success(project, 8), failure(project, [])]) {
      const lines = words.split("\n").map((line) => line.trim());
      const commands = lines.filter((line) => /^(?:alias|signalbox (?:explain|run))/.test(line));
      expect(commands.length).toBeGreaterThan(1);
      const printed = execFileSync("sh", ["-ec", commands.join("\n")], {
        cwd: tmpdir(),
        encoding: "utf8",
      });
      expect(printed).toContain("Would start now: ");
    }
  } finally {
    rmSync(dirname(project.repository), { recursive: true, force: true });
  }
});
