import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve, sep } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What makes a commit the same on every machine: no hooks, no signature, nobody's name. */
const settings = [
  "user.name=Mock agent",
  "user.email=mock-agent@example.invalid",
  "commit.gpgSign=false",
  "core.hooksPath=/dev/null",
].flatMap((setting) => ["-c", setting]);

export interface WorkspaceChange {
  readonly files?: Readonly<Record<string, string>>;
  readonly commit?: string;
}

/** Writes the files, then commits. Rejects with a `RangeError` for a path that leaves the workspace. */
export async function changeWorkspace(cwd: string, change: WorkspaceChange): Promise<void> {
  for (const [path, text] of Object.entries(change.files ?? {})) {
    const target = resolve(cwd, path);
    if (!target.startsWith(cwd + sep)) throw new RangeError(`${path} is not inside the workspace`);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
  if (change.commit !== undefined) await commit(cwd, change.commit);
}

async function commit(cwd: string, message: string): Promise<void> {
  await git(cwd, "add", "--all");
  if ((await git(cwd, "diff", "--cached", "--name-only")) === "") return;
  await git(cwd, "commit", "--quiet", `--message=${message}`);
}

async function git(cwd: string, ...parameters: string[]): Promise<string> {
  // None of the daemon's GIT_* variables: they could point to another repository.
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
  const { stdout } = await run("git", [...settings, ...parameters], { cwd, env });
  return stdout;
}
