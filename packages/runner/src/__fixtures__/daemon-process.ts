import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { DaemonCommand } from "./daemon.ts";
import { compileCache, runnerEntry, type ProcessWorld } from "./process-world.ts";

const program = fileURLToPath(new URL("daemon.ts", import.meta.url));
const limitMs = 20_000;

/** A daemon that a test can kill, stop and continue. */
export class DaemonProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly heard: unknown[][] = [];
  readonly #changed = new EventTarget();

  constructor(world: ProcessWorld, entry: URL = runnerEntry) {
    const args = ["--conditions=@signalbox/source", program, world.stateDir, entry.href];
    this.child = spawn(process.execPath, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, XDG_RUNTIME_DIR: world.folder, NODE_COMPILE_CACHE: compileCache },
    });
    if (this.child.stdout === null) throw new Error("A child process has the pipes it was given.");
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      this.heard.push(JSON.parse(line) as unknown[]);
      this.#changed.dispatchEvent(new Event("heard"));
    });
  }

  tell(command: DaemonCommand): void {
    this.child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  /** Resolves when it has said something that holds `text`. */
  async said(text: string): Promise<void> {
    await this.saidTimes(text, 1);
  }

  async saidTimes(text: string, times: number): Promise<void> {
    const signal = AbortSignal.timeout(limitMs);
    while (JSON.stringify(this.heard).split(text).length <= times) {
      await once(this.#changed, "heard", { signal });
    }
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill("SIGKILL");
    await once(this.child, "exit");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
