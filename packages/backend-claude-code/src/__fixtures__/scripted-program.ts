import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";

const script = join(import.meta.dirname, "scripted-claude.ts");

/** Writes a program into `folder` that behaves as `claude` does in the scenario. */
export async function scriptedProgram(folder: string, scenario: string): Promise<string> {
  const path = join(folder, `claude-${scenario}`);
  await writeFile(path, `#!/bin/sh\nexec "${process.execPath}" "${script}" ${scenario} "$@"\n`);
  await chmod(path, 0o755);
  return path;
}
