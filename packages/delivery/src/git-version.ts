import { tmpdir } from "node:os";
import { DeliveryProblem } from "./delivery-problem.ts";
import type { TargetRepository } from "./target-repository.ts";

let isRecent = false;

/** Throws where git is older than 2.38, the first that merges without a work tree. Asks once in a process. */
export async function requireGit({ git }: TargetRepository, signal: AbortSignal): Promise<void> {
  if (isRecent) return;
  const printed = await git.run(["version"], { folder: tmpdir(), signal });
  const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(printed) ?? [];
  isRecent = Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 38);
  if (!isRecent) {
    throw new DeliveryProblem(`${printed} is too old.`, "Install git 2.38 or later.");
  }
}
