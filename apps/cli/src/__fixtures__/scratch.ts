import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommandLine } from "../command-line.ts";
import { recordedSurroundings } from "./recorded-surroundings.ts";

const cli = fileURLToPath(new URL("../main.ts", import.meta.url));
const waitLimitMs = 20_000;
const lifeLimitMs = 25_000;

/** A temporary folder with a git repository, a roadmap and a workflow file; and processes that end with it. */
export class Scratch implements AsyncDisposable {
  readonly folder: string = realpathSync(mkdtempSync(join(tmpdir(), "signalbox-cli-")));
  readonly repository: string = join(this.folder, "repository");
  readonly stateDir: string = join(this.folder, "state");
  readonly #started: CliProcess[] = [];

  /** `titles`: features of the roadmap, all of them planned. */
  constructor(settings: string, titles: readonly string[]) {
    this.write("WORKFLOW.md", `---\n${settings}---\nWork on {{ issue.title }}.\n`);
    const features = titles.map(
      (title) => `### ${title}\n\n- **Status:** planned\n- **Summary:** Do it.\n`,
    );
    this.write("docs/roadmap.md", `# Roadmap\n\n## First\n\n${features.join("\n")}`);
    this.git("init", "-q", "-b", "main");
    this.git("config", "user.name", "Test");
    this.git("config", "user.email", "test@example.invalid");
    this.git("add", ".");
    this.git("commit", "-q", "-m", "first");
  }

  write(path: string, text: string): void {
    const file = join(this.repository, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  read(path: string): string {
    return readFileSync(join(this.repository, path), "utf8");
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", [...args], { cwd: this.repository, encoding: "utf8" });
  }

  /** Everything in the temporary folder, with what the files of the repository hold. */
  listing(): readonly string[] {
    const names = readdirSync(this.folder, { recursive: true, encoding: "utf8" }).toSorted();
    return [...names, this.read("docs/roadmap.md"), this.read("WORKFLOW.md")];
  }

  /** Starts the command line from source, in the repository. */
  start(...args: readonly string[]): CliProcess {
    return this.startUnder([], ...args);
  }

  /** As `start`, as the end of another command. */
  startUnder(command: readonly string[], ...args: readonly string[]): CliProcess {
    const all = [...command, process.execPath, "--conditions=@signalbox/source", cli, ...args];
    const [program = "", ...rest] = all;
    const child = spawn(program, rest, {
      cwd: this.repository,
      env: { ...process.env, SIGNALBOX_STATE_DIR: this.stateDir },
    });
    const started = new CliProcess(child);
    this.#started.push(started);
    return started;
  }

  /** Runs it in this process, to its end. */
  async run(...args: readonly string[]): Promise<CliResult> {
    const environment = { ...process.env, SIGNALBOX_STATE_DIR: this.stateDir };
    const { surroundings, output } = recordedSurroundings(this.repository, environment);
    const status = await runCommandLine(args, surroundings);
    return { status, ...output };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const started of this.#started) {
      started.child.kill("SIGKILL");
      await started.ended;
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export interface CliResult {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export class CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
  out = "";
  err = "";

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.on("data", (chunk: Buffer) => {
      this.out += chunk.toString();
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      this.err += chunk.toString();
    });
    // Whatever a test waits for: no process outlives it.
    const limit = setTimeout(() => child.kill("SIGKILL"), lifeLimitMs);
    this.ended = once(child, "close").then(() => {
      clearTimeout(limit);
      return { status: child.exitCode, out: this.out, err: this.err };
    });
  }

  /** Resolves when one of the outputs holds `text`; rejects when the process ends without it, or takes too long. */
  async said(text: string): Promise<void> {
    const limit = AbortSignal.timeout(waitLimitMs);
    while (!`${this.out}${this.err}`.includes(text)) {
      const { exitCode, signalCode } = this.child;
      if (exitCode !== null || signalCode !== null || limit.aborted) {
        throw new Error(`it never said "${text}", but:\n${this.out}${this.err}`);
      }
      await Promise.race([
        ...[this.child.stdout, this.child.stderr].flatMap((stream) =>
          stream === null ? [] : [once(stream, "data", { signal: limit })],
        ),
        this.ended,
      ]);
    }
  }
}
