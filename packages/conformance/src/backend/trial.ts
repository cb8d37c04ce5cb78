import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentTools, Backend, SessionLimits, SessionOrder } from "@signalbox/contracts";
import { within } from "../within.ts";
import { scenarioOf } from "./backend-law.ts";
import type { BackendSubject, ScenarioName, ScenarioPlace } from "./backend-subject.ts";
import { Hearing } from "./hearing.ts";
import { runProcesses, showsEnvironments } from "./run-processes.ts";
import { TriedSession } from "./tried-session.ts";

type OrderChanges = Partial<Pick<SessionOrder, "resume" | "signal">> & {
  readonly limits?: Partial<SessionLimits>;
  /** Where it is heard also if it does not start. */
  readonly hearing?: Hearing;
  /** Instead of one made for this session. */
  readonly backend?: Backend;
};

const firstProcessMs = 3_000;

/** A place in which one law tries a subject. Disposing it closes its sessions, kills what they left, and removes the place. */
export class Trial implements AsyncDisposable {
  readonly subject: BackendSubject;
  readonly place: ScenarioPlace;
  /** Set in the environment of every process that the sessions start. */
  readonly marker: string = `conformance-${randomUUID()}`;
  readonly patienceMs: number;
  readonly #root: string;
  readonly #sessions: TriedSession[] = [];

  private constructor(subject: BackendSubject, root: string) {
    this.subject = subject;
    this.patienceMs = subject.patienceMs ?? 60_000;
    this.place = { workspace: join(root, "workspace"), folder: join(root, "scenario") };
    this.#root = root;
  }

  static async open(subject: BackendSubject): Promise<Trial> {
    const root = await realpath(await mkdtemp(join(tmpdir(), "signalbox-conformance-")));
    const trial = new Trial(subject, root);
    await mkdir(trial.place.workspace);
    await mkdir(trial.place.folder);
    return trial;
  }

  async backend(scenario: ScenarioName): Promise<Backend> {
    return scenarioOf(this.subject, scenario)(this.place);
  }

  /** Starts a session of a backend made for it. Rejects as `startSession` does, or when that takes too long. */
  async start(scenario: ScenarioName, changes: OrderChanges = {}): Promise<TriedSession> {
    const backend = changes.backend ?? (await this.backend(scenario));
    const hearing = changes.hearing ?? new Hearing();
    const { silenceTimeoutMs = 1_000 } = this.subject;
    const starting = backend.startSession({
      cwd: this.place.workspace,
      resume: changes.resume ?? null,
      environment: { SIGNALBOX_RUN_ID: this.marker },
      limits: {
        startupTimeoutMs: this.patienceMs,
        // Only the law of silence plays with it: agents may be slow for other reasons.
        silenceTimeoutMs: scenario === "hang" ? silenceTimeoutMs : 0,
        graceMs: 500,
        maxLineBytes: 1 << 20,
        ...changes.limits,
      },
      tools: noTools,
      transcribe: hearing.transcribe,
      emit: hearing.emit,
      signal: changes.signal ?? new AbortController().signal,
    });
    const session = await within(this.patienceMs, "startSession", starting);
    const tried = new TriedSession(session, hearing, this.patienceMs);
    this.#sessions.push(tried);
    return tried;
  }

  /** Pids of what the sessions started and what is alive still. Only where environments can be read. */
  async processes(): Promise<readonly number[]> {
    return runProcesses(this.marker);
  }

  /** The same, once there are any: an agent may speak before it starts one. None after a while. */
  async firstProcesses(): Promise<readonly number[]> {
    const end = performance.now() + firstProcessMs;
    for (;;) {
      const found = await this.processes();
      if (found.length > 0 || performance.now() > end) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#sessions.map((session) => session.close()));
    if (showsEnvironments) for (const pid of await this.processes()) killIfAlive(pid);
    await rm(this.#root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** One that has ended meanwhile is what was wanted. */
function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

const noTools: AgentTools = {
  list: () => [],
  call: async (name) => ({
    kind: "failed",
    code: "unknown-tool",
    message: `There is no tool ${name}.`,
    retryable: false,
  }),
  mcp: null,
};
