import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { plainContent } from "./plain-file.ts";
import { isMissing } from "./safe-path.ts";

const maxCommitBytes = 128;
/** An agent may make as many as it likes. */
const maxBeside = 32;
const plainName = /^(?!.*(?:\.lock|\.)$)(?!.*\.\.)[\w-][\w.-]{0,99}$/;

/** A branch in the folder where an agent in a sandbox has its branches. */
export interface AgentBranch {
  readonly name: string;
  readonly commit: string;
}

/** The commit that a file of an agent's names; `null` where it has put anything else there. */
export async function commitIn(file: string): Promise<string | null> {
  const text = (await plainContent(file, maxCommitBytes))?.toString("latin1").trim() ?? "";
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? text : null;
}

/** What it has made there beside its own, up to 32 with plain names. */
export async function branchesBeside(folder: string, own: string): Promise<readonly AgentBranch[]> {
  const found: AgentBranch[] = [];
  for (const name of await namesIn(folder)) {
    if (name === own || !plainName.test(name) || found.length === maxBeside) continue;
    const commit = await commitIn(join(folder, name));
    if (commit !== null) found.push({ name, commit });
  }
  return found;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
