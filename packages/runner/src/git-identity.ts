import { randomUUID } from "node:crypto";
import { existsSync, lstatSync } from "node:fs";
import { constants, copyFile, mkdir, rename, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { gitEnvironment, runCommand } from "@signalbox/process";

const limitMs = 10_000;
/** Of an answer that several wait for. */
const nobodys = new AbortController().signal;
/** How long an answer of git's serves the agents of other issues. */
const keptMs = 10 * 60_000;

export interface IdentityOrder {
  /** Of the agent. */
  readonly home: string;
  /** Where the answer is kept for the next agent, up to 10 minutes. */
  readonly kept: string;
  readonly repository: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Who an agent commits as where the mirror does not say it: whom the user's git names in the repository. Written once,
 * to the agent's own home. Without any identity git asks the agent for one, as it would ask the user.
 */
export async function writeIdentity(
  { home, kept, repository, environment }: IdentityOrder,
  signal: AbortSignal,
): Promise<void> {
  const file = join(home, ".gitconfig");
  // A link of the agent's counts too, wherever it leads.
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) return;
  if (!isAbsolute(repository) || !existsSync(repository)) return;
  if (!(await isYoung(kept))) await keepIdentity({ kept, repository, environment });
  signal.throwIfAborted();
  await copyFile(kept, file, constants.COPYFILE_EXCL);
}

const asked = new Map<string, Promise<void>>();

/** Agents that are started together share one answer. */
function keepIdentity(order: Omit<IdentityOrder, "home">): Promise<void> {
  const known = asked.get(order.kept);
  if (known !== undefined) return known;
  const answer = readIdentity(order)
    .then((identity) => keep(order.kept, identity))
    .finally(() => asked.delete(order.kept));
  asked.set(order.kept, answer);
  return answer;
}

async function readIdentity({
  repository,
  environment,
}: Pick<IdentityOrder, "repository" | "environment">): Promise<string> {
  const { stdout } = await runCommand({
    command: ["git", "config", "-z", "--get-regexp", String.raw`^user\.(name|email)$`],
    cwd: repository,
    environment: gitEnvironment(environment),
    runMarker: null,
    timeoutMs: limitMs,
    graceMs: 0,
    signal: nobodys,
  });
  const lines = stdout.text
    .split("\0")
    .map((entry) => /^user\.(name|email)\n([^\n]+)$/.exec(entry))
    .flatMap((found) => (found === null ? [] : [`\t${found[1]} = ${JSON.stringify(found[2])}\n`]));
  return lines.length === 0 ? "" : `[user]\n${lines.join("")}`;
}

async function isYoung(path: string): Promise<boolean> {
  try {
    return Math.abs(Date.now() - (await stat(path)).mtimeMs) < keptMs;
  } catch {
    // Nobody has asked yet; whatever else is wrong with it shows when it is written.
    return false;
  }
}

/** Whole or not there: others may read it at this moment. */
async function keep(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(draft, text);
  await rename(draft, path);
}
