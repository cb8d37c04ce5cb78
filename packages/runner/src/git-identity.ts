import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { gitEnvironment, runCommand } from "@signalbox/process";

const limitMs = 10_000;

/**
 * Who an agent commits as where the mirror does not say it: whom the user's git names in the repository. Written once,
 * to the agent's own home. Without any identity git asks the agent for one, as it would ask the user.
 */
export async function writeIdentity(
  home: string,
  repository: string,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<void> {
  const file = join(home, ".gitconfig");
  if (existsSync(file) || !isAbsolute(repository) || !existsSync(repository)) return;
  const { stdout } = await runCommand({
    command: ["git", "config", "-z", "--get-regexp", String.raw`^user\.(name|email)$`],
    cwd: repository,
    environment: gitEnvironment(environment),
    runMarker: null,
    timeoutMs: limitMs,
    graceMs: 0,
    signal,
  });
  const lines = stdout.text
    .split("\0")
    .map((entry) => /^user\.(name|email)\n([^\n]+)$/.exec(entry))
    .flatMap((found) => (found === null ? [] : [`\t${found[1]} = ${JSON.stringify(found[2])}\n`]));
  if (lines.length > 0) await writeFile(file, `[user]\n${lines.join("")}`);
}
