import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TortureOptions } from "./torture-options.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const source = ["--conditions=@signalbox/source", join(root, "apps/cli/src/main.ts")];
const bundle = [join(root, "apps/cli/bundle/main.js")];
/** Enough for a fetch, and for a work tree, to take a while. */
const ballastFiles = 400;

/** The world of one torture run, all in one temporary folder. */
export interface Scene {
  readonly folder: string;
  readonly repository: string;
  readonly roadmap: string;
  readonly stateDir: string;
  readonly mirror: string;
  readonly runs: string;
  readonly ledger: string;
  /** Changes when an agent ends. */
  readonly ended: string;
  /** `TMPDIR` of everything that is started here leads there, or to a folder in there: what carries it is ours. */
  readonly mark: string;
  /** How the marks of runs begin. */
  readonly runPrefix: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Node.js arguments and the CLI's entry file. */
  readonly cli: readonly string[];
  git(...args: readonly string[]): string;
  remove(): void;
}

export function setScene(options: TortureOptions): Scene {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "sb-torture-")));
  const repository = join(folder, "repository");
  const stateDir = join(folder, "state");
  const mark = join(folder, "tmp");
  const ledger = join(folder, "ledger");
  const ended = join(folder, "ended");
  for (const path of [join(repository, "docs"), join(repository, "ballast"), stateDir, mark]) {
    mkdirSync(path, { recursive: true });
  }
  writeFileSync(ledger, "");
  const roadmap = join(repository, "docs", "roadmap.md");
  writeFileSync(roadmap, "---\nproject: torture\nversion: 1\n---\n\n# Roadmap\n\n## One\n");
  for (let file = 0; file < ballastFiles; file += 1) {
    const text = `${file}\n`.repeat(500 + (file % 7) * 300);
    writeFileSync(join(repository, "ballast", `${file}.txt`), text);
  }
  writeFileSync(join(repository, "WORKFLOW.md"), workflow(options, ledger, ended));
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", repository, ...args], {
      encoding: "utf8",
      maxBuffer: 1e8,
      stdio: ["ignore", "pipe", "pipe"],
    });
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "Torture");
  git("config", "user.email", "torture@example.invalid");
  git("add", "-A");
  git("commit", "--quiet", "-m", "Start");
  const { XDG_RUNTIME_DIR: _runtime, ...inherited } = process.env;
  return {
    folder,
    repository,
    roadmap,
    stateDir,
    mirror: join(stateDir, "mirror.git"),
    runs: join(stateDir, "runs"),
    ledger,
    ended,
    mark,
    runPrefix: `${createHash("sha256").update(stateDir).digest("hex").slice(0, 12)}-`,
    environment: {
      ...inherited,
      TMPDIR: mark,
      // Daemons and runners start over and over again.
      NODE_COMPILE_CACHE: join(folder, "compiled"),
      ...(options.plant === null ? {} : { NODE_OPTIONS: `--import=${sabotage(options.plant)}` }),
    },
    cli: options.bundle ? bundle : source,
    git,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function sabotage(plant: string): string {
  return new URL(`./__fixtures__/sabotage.ts?${plant}`, import.meta.url).href;
}

function workflow({ delivery, runner }: TortureOptions, ledger: string, ended: string): string {
  return `---
tracker:
  kind: roadmap
polling: { interval_ms: 1000 }
agent:
  backend: command
  max_concurrent_agents: 4
  max_failures: 0
  max_continuations: 1000
  max_retry_backoff_ms: 1000
  grace_ms: 500
backends:
  command:
    program: [${JSON.stringify(process.execPath)}, ${JSON.stringify(join(import.meta.dirname, "__fixtures__", "agent.ts"))}]
    env: { TORTURE_LEDGER: ${JSON.stringify(ledger)}, TORTURE_ENDED: ${JSON.stringify(ended)} }
delivery: { kind: ${delivery} }
sandbox: { tier: none }
runner: ${runner}
memory_reserve_mb: 64
---
Do {{ issue.title }}.
`;
}
