import { readdirSync, readFileSync } from "node:fs";

type ProcessKind = "daemon" | "runner" | "agent" | "git" | "other";

/** One process of the scene. */
export interface SeenProcess {
  readonly pid: number;
  /** Clock ticks from the start of the machine: with the pid, the name of a process for good. */
  readonly startTime: string;
  readonly kind: ProcessKind;
  readonly command: string;
  /** `null`: of no run. */
  readonly run: string | null;
  readonly issue: string | null;
  readonly workspace: string | null;
  readonly isStopped: boolean;
}

/** Long enough for a process that was just made to become another program. */
const youthMs = 1_000;

interface Known {
  readonly firstSeenAt: number;
  readonly environment: readonly string[] | null;
  readonly command: string;
}

/** Reads what of a scene is alive from /proc. Linux only. */
export class ProcessReader {
  readonly #mark: string;
  readonly #known = new Map<string, Known>();

  /** `mark`: the folder that `TMPDIR` leads to, or into, in the processes of the scene. */
  constructor(mark: string) {
    this.#mark = `TMPDIR=${mark}/`;
  }

  /** Without those that have ended and were not waited for. */
  read(): SeenProcess[] {
    const now = performance.now();
    const names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    const present = new Set(names);
    for (const name of this.#known.keys()) if (!present.has(name)) this.#known.delete(name);
    return names.flatMap((name) => {
      if (Number(name) === process.pid) return [];
      const known = this.#known.get(name);
      if (known?.environment === null && now - known.firstSeenAt > youthMs) return [];
      const seen = this.#look(name, known, now);
      return seen === null ? [] : [seen];
    });
  }

  #look(name: string, known: Known | undefined, now: number): SeenProcess | null {
    const command = contentOf(`/proc/${name}/cmdline`).replaceAll("\0", " ").trim();
    const firstSeenAt = known?.firstSeenAt ?? now;
    let environment = known?.environment ?? null;
    // What a process carries changes when it becomes another program.
    if (environment === null || known?.command !== command) {
      const variables = contentOf(`/proc/${name}/environ`).split("\0");
      environment = variables.some((text) => `${text}/`.startsWith(this.#mark)) ? variables : null;
      this.#known.set(name, { firstSeenAt, environment, command });
    }
    if (environment === null) return null;
    const [state = "Z", startTime = ""] = stateOf(contentOf(`/proc/${name}/stat`));
    if (state === "Z" || state === "X") return null;
    const run = variable(environment, "SIGNALBOX_RUN_ID");
    return {
      pid: Number(name),
      startTime,
      kind: kindOf(command, run),
      command,
      run,
      issue: variable(environment, "SIGNALBOX_ISSUE_IDENTIFIER"),
      workspace: variable(environment, "SIGNALBOX_WORKSPACE"),
      isStopped: state === "T",
    };
  }
}

function kindOf(command: string, run: string | null): ProcessKind {
  if (/^(\S*\/)?git(-\S+)? /.test(command)) return "git";
  if (run !== null) return "agent";
  if (command.includes("runner-entry")) return "runner";
  return /main\.[jt]s run /.test(command) ? "daemon" : "other";
}

/** State and start time; the name before them may hold anything. */
function stateOf(stat: string): string[] {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return [fields[0] ?? "Z", fields[19] ?? ""];
}

function variable(environment: readonly string[], name: string): string | null {
  const entry = environment.find((text) => text.startsWith(`${name}=`));
  return entry === undefined ? null : entry.slice(name.length + 1);
}

/** Empty where it has gone. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Processes end whenever they like.
    return "";
  }
}
