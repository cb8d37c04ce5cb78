import { spawn, type ChildProcess } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { Scene } from "./scene.ts";

export interface DaemonLife {
  readonly pid: number;
  readonly startedAt: number;
  readonly child: ChildProcess;
  /** What it says on its standard error, the end of it, and the reason why it ended. */
  readonly complaint: () => string;
  readonly exited: Promise<number | null>;
  /** Resolves when it has looked after what earlier daemons left, and works; or has ended. */
  readonly ready: Promise<void>;
}

const complaintLength = 4_000;

/** Starts daemons and keeps what they tell: the runs that they have begun, and what went wrong. */
export class Keeper {
  readonly #scene: Scene;
  readonly #log: string;
  readonly lives: DaemonLife[] = [];
  /** As told by the daemons, so the journal has to know them: run ids, and issues that were delivered. */
  readonly toldRuns = new Set<string>();
  readonly toldDelivered = new Set<string>();
  readonly problems = new Map<string, number>();
  starts = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#log = join(scene.folder, "daemons.log");
  }

  /** Those that have not ended. */
  get living(): readonly DaemonLife[] {
    return this.lives.filter(({ child }) => child.exitCode === null && child.signalCode === null);
  }

  start(...words: readonly string[]): DaemonLife {
    const { cli, repository, stateDir, environment } = this.#scene;
    const args = [...cli, "run", join(repository, "WORKFLOW.md"), "--json"];
    const child = spawn(process.execPath, [...args, "--state-dir", stateDir, ...words], {
      cwd: repository,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own: what is sent to one daemon reaches no other.
      detached: true,
    });
    this.starts += 1;
    const ready = Promise.withResolvers<void>();
    let complaint = "";
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = `${rest}${chunk}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.includes('"gate":"recovering","closed":null')) ready.resolve();
        if (line.startsWith('{"error":')) {
          complaint += line;
          appendFileSync(this.#log, `${line}\n`);
        }
        this.#hear(line);
      }
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      complaint = `${complaint}${chunk}`.slice(-complaintLength);
      appendFileSync(this.#log, chunk);
    });
    const { promise: exited, resolve } = Promise.withResolvers<number | null>();
    child.once("close", (code) => {
      ready.resolve();
      resolve(code);
    });
    const life: DaemonLife = {
      pid: child.pid ?? 0,
      startedAt: performance.now(),
      child,
      complaint: () => complaint,
      exited,
      ready: ready.promise,
    };
    appendFileSync(this.#log, `--- daemon ${life.pid} starts ${new Date().toISOString()}\n`);
    this.lives.push(life);
    return life;
  }

  /** Resolves when all of them are dead. */
  async killAll(): Promise<void> {
    const { living } = this;
    for (const { child } of living) child.kill("SIGKILL");
    await Promise.all(living.map(({ exited }) => exited));
  }

  #hear(line: string): void {
    // The prose of an agent is of no interest.
    if (line.includes('"type":"agent-event"')) return;
    const notice: unknown = JSON.parse(line);
    if (typeof notice !== "object" || notice === null || !("type" in notice)) return;
    appendFileSync(this.#log, `${line}\n`);
    if (notice.type === "run-started" && "run_id" in notice)
      this.toldRuns.add(String(notice.run_id));
    if (notice.type === "delivered" && "issue_identifier" in notice) {
      this.toldDelivered.add(String(notice.issue_identifier));
    }
    if (notice.type === "problem" && "code" in notice) {
      const code = String(notice.code);
      this.problems.set(code, (this.problems.get(code) ?? 0) + 1);
    }
  }
}
