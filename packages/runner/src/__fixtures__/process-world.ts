import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock, RunOrder, WorkflowConfig } from "@signalbox/contracts";
import { killStrays } from "@signalbox/process";
import { isProcessIdentity } from "../folder/process-identity.ts";
import { runFolder } from "../folder/run-folder.ts";
import { ProcessRunHost } from "../host/process-run-host.ts";
import { runMarker } from "../run-marker.ts";
import { configOf } from "./config.ts";
import { realClock } from "./real-clock.ts";
import { issueOf } from "./world.ts";

export const runnerEntry: URL = new URL("runner-entry.ts", import.meta.url);
export const nodeArguments: readonly string[] = ["--conditions=@signalbox/source"];

/** So that not every runner and daemon of the tests compiles everything anew. */
export const compileCache: string = join(
  import.meta.dirname,
  "../../../../node_modules/.cache/signalbox-tests",
);

export interface ProcessWorldOrder {
  /** What the agent does: for `sh -c`, in a plain folder as its workspace. */
  readonly script?: string;
  readonly backend?: "command" | "chatty" | "late";
  readonly environment?: Readonly<Record<string, string>>;
  readonly agent?: Partial<WorkflowConfig["agent"]>;
}

/** Hosts with real runners and agents, of which nothing is left at the end. */
export class ProcessWorld implements AsyncDisposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "signalbox-runner-"));
  readonly stateDir: string = join(this.folder, "state");
  readonly config: WorkflowConfig;
  readonly logged: string[] = [];
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #hosts: ProcessRunHost[] = [];

  constructor(order: ProcessWorldOrder = {}) {
    const base = configOf();
    this.#environment = {
      ...process.env,
      XDG_RUNTIME_DIR: this.folder,
      NODE_COMPILE_CACHE: compileCache,
      ...order.environment,
    };
    this.config = {
      ...base,
      stateDir: this.stateDir,
      prompt: { ...base.prompt, template: "Do it." },
      workspace: {
        kind: "folder",
        root: join(this.stateDir, "workspaces"),
        repository: this.folder,
        base: null,
      },
      agent: { ...base.agent, backend: order.backend ?? "command", graceMs: 500, ...order.agent },
      backends: { command: { script: order.script ?? "true" } },
      tracker: { ...base.tracker, provider: { api_key: "$SIGNALBOX_TEST_TRACKER_KEY" } },
    };
  }

  host(entry: URL = runnerEntry, clock: Clock = realClock): ProcessRunHost {
    const host = new ProcessRunHost({
      runnerEntry: entry,
      nodeArguments,
      stateDir: this.stateDir,
      clock,
      logger: { log: (level, message) => void this.logged.push(`${level}: ${message}`) },
      environment: this.#environment,
    });
    this.#hosts.push(host);
    return host;
  }

  order(more: Partial<RunOrder> = {}): RunOrder {
    return {
      runId: "run-1",
      epoch: 1,
      endsAfter: null,
      issue: issueOf("first"),
      attempt: null,
      retryKind: null,
      feedback: null,
      resumeSessionId: null,
      config: this.config,
      ...more,
    };
  }

  runnerPid(runId = "run-1"): number {
    const lock: unknown = JSON.parse(readFileSync(runFolder(this.stateDir, runId).lock, "utf8"));
    if (typeof lock !== "object" || lock === null || !("owner" in lock)) throw new Error("no lock");
    if (!isProcessIdentity(lock.owner)) throw new Error("no owner");
    return lock.owner.pid;
  }

  killRunner(runId?: string): void {
    process.kill(this.runnerPid(runId), "SIGKILL");
  }

  marker(runId = "run-1"): string {
    return runMarker(this.stateDir, runId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const host of this.#hosts) await host.close("stop");
    for (const run of [1, 2, 3]) await killStrays(this.marker(`run-${run}`));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
