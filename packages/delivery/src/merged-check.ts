import { createHash } from "node:crypto";
import { mkdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DeliveryOrder, WorkflowConfig } from "@signalbox/contracts";
import { agentEnvironment, killStrays, runCommand } from "@signalbox/process";
import type { CommandResult } from "@signalbox/process";
import { GitFailure } from "./git.ts";
import { hasPassed, rememberPassed } from "./passed-checks.ts";
import type { TargetRepository } from "./target-repository.ts";

const maxOutput = 8_000;
const cleanUpLimitMs = 60_000;

/**
 * Runs `delivery.check` on the merged commit, in a worktree of its own that is gone afterwards. Resolves to what the
 * check said where it failed, to `null` where it passed. A delivery that waits is asked for again and again, so what
 * has passed is not checked a second time. What the check runs is the agent's work, so it gets an agent's environment.
 */
export async function failingCheck(
  commit: string,
  order: DeliveryOrder,
  config: WorkflowConfig,
  target: TargetRepository,
  signal: AbortSignal,
): Promise<string | null> {
  const [program, ...args] = config.delivery.check ?? [];
  if (program === undefined) return null;
  // The merge commit is made anew each time; what it merges, and to what, stays.
  const merged = await target.inMirror(["rev-parse", `${commit}^{tree}`, `${commit}^@`], signal);
  const content = JSON.stringify([target.mirror, merged, program, ...args]);
  if (hasPassed(content)) return null;
  const problem = await checkCommit(commit, [program, ...args], order, config, target, signal);
  if (problem === null) rememberPassed(content);
  return problem;
}

async function checkCommit(
  commit: string,
  command: readonly [string, ...string[]],
  order: DeliveryOrder,
  config: WorkflowConfig,
  target: TargetRepository,
  signal: AbortSignal,
): Promise<string | null> {
  const folder = join(config.stateDir, "checks", order.workspace.key);
  const runMarker = `check-${createHash("sha256").update(folder).digest("hex").slice(0, 32)}`;
  // The check of a daemon that was killed may still be at work there.
  if (await isThere(folder)) await killStrays(runMarker);
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  await mkdir(dirname(folder), { recursive: true });
  try {
    const add = ["worktree", "add", "--quiet", "--force", "--force", "--detach"];
    await target.inMirror([...add, folder, commit], signal);
    const result = await runCommand({
      command,
      cwd: folder,
      environment: agentEnvironment({ from: target.git.environment }),
      runMarker,
      timeoutMs: config.delivery.checkTimeoutMs,
      graceMs: config.agent.graceMs,
      signal,
    });
    return problemOf(result, config.delivery);
  } finally {
    await removeWorktree(folder, target);
  }
}

async function removeWorktree(folder: string, target: TargetRepository): Promise<void> {
  // First, because git refuses a worktree whose `.git` file the check has broken.
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  const signal = AbortSignal.timeout(cleanUpLimitMs);
  try {
    await target.inMirror(["worktree", "remove", "--force", "--force", folder], signal);
  } catch (error) {
    const isUnknown = error instanceof GitFailure && /is not a working tree/.test(error.stderr);
    if (!isUnknown) throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

function problemOf(result: CommandResult, delivery: WorkflowConfig["delivery"]): string | null {
  const { code, signal } = result.exit;
  if (code === 0 && !result.timedOut) return null;
  const check = (delivery.check ?? []).join(" ");
  const how = result.timedOut
    ? `took longer than ${delivery.checkTimeoutMs} ms and was ended`
    : code === null
      ? `was ended by ${signal ?? "a signal"}`
      : `ended with code ${code}`;
  const output = [result.stdout.text.trim(), result.stderr.text.trim()]
    .filter((part) => part !== "")
    .join("\n");
  const tail = output.length <= maxOutput ? output : `…${output.slice(-maxOutput)}`;
  return `The check \`${check}\` ${how}.\n${tail}`.trim();
}
