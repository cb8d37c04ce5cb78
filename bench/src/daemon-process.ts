import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ScratchRepository } from "./scratch-repository.ts";

const bundle = join(import.meta.dirname, "..", "..", "apps", "cli", "bundle", "main.js");

export interface DaemonProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Exit code, and milliseconds from start to exit. */
  readonly exited: Promise<{ readonly code: number | null; readonly wallMs: number }>;
}

/** Starts the bundled CLI, as a user has it. */
export function startDaemon(scratch: ScratchRepository, ...args: string[]): DaemonProcess {
  if (!existsSync(bundle)) throw new Error("Build first: npx -y pnpm@12.21.0 build");
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [bundle, "run", scratch.workflow, "--state-dir", scratch.stateDir, ...args],
    { cwd: scratch.repository, stdio: ["ignore", "pipe", "inherit"] },
  );
  // Whoever listens hears all of it; nobody has to.
  child.stdout.resume();
  if (child.pid === undefined) throw new Error("The daemon could not be started");
  const { promise, resolve } = Promise.withResolvers<{ code: number | null; wallMs: number }>();
  child.once("close", (code) => resolve({ code, wallMs: performance.now() - startedAt }));
  return { pid: child.pid, child, exited: promise };
}
