import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { isAbsolute, join, posix } from "node:path";
import type { AgentProgram, WorkflowConfig, WorkflowProblem } from "@signalbox/contracts";
import { findExecutable } from "@signalbox/process";
import { agentProgram } from "./load-plugins.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A program that the workflow file names and that an agent or a delivery would not find. */
export interface MissingProgram extends Pick<WorkflowProblem, "severity" | "message" | "remedy"> {
  readonly key: readonly string[];
}

interface NamedProgram {
  readonly key: readonly string[];
  readonly program: string;
  /** The PATH that it is looked up on. */
  readonly path: string;
  /** How the program comes to be started, to stand before its name. */
  readonly reason: string;
  /** How to get it; `null`: nobody knows. */
  readonly installation: string | null;
}

/**
 * Looks up what the backend and `delivery.check` start. A bare name or an absolute path that is not there is an error;
 * a relative path is looked for in the commit that workspaces start from, and only ever a warning: a hook may make it.
 * Starts nothing. A backend that cannot be loaded, or whose options are wrong, is for others to report.
 */
export async function findMissingPrograms(
  config: WorkflowConfig,
  environment: Environment,
): Promise<readonly MissingProgram[]> {
  const script = await missingScript(config);
  const missing: MissingProgram[] = script === null ? [] : [script];
  for (const named of await namedPrograms(config, environment)) {
    const isRelative = named.program.includes("/") && !isAbsolute(named.program);
    const found = isRelative ? await relativeProblem(named, config) : await programProblem(named);
    if (found !== null) missing.push(found);
  }
  return missing;
}

async function namedPrograms(
  config: WorkflowConfig,
  environment: Environment,
): Promise<readonly NamedProgram[]> {
  const path = environment["PATH"] ?? "";
  const agent = await agentProgram(config, environment);
  const [check] = config.delivery.kind === "merge" ? (config.delivery.check ?? []) : [];
  return [
    ...(agent === null ? [] : [namedByBackend(agent, config, path)]),
    ...(check === undefined ? [] : [namedByKey(["delivery", "check"], check, path)]),
  ];
}

function namedByBackend(
  { program, path, installation }: AgentProgram,
  { agent: { backend }, backends }: WorkflowConfig,
  daemonPath: string,
): NamedProgram {
  const isWritten = backends[backend]?.["program"] !== undefined;
  const named = isWritten
    ? namedByKey(["backends", backend, "program"], program, path ?? daemonPath)
    : {
        key: ["agent", "backend"],
        program,
        path: path ?? daemonPath,
        reason: `The backend \`${backend}\` starts`,
      };
  return { ...named, installation };
}

function namedByKey(key: readonly string[], program: string, path: string): NamedProgram {
  return { key, program, path, reason: `\`${key.join(".")}\` names`, installation: null };
}

async function programProblem({
  key,
  program,
  path,
  reason,
  installation,
}: NamedProgram): Promise<MissingProgram | null> {
  if ((await findExecutable(program, path)) !== null) return null;
  const name = key.join(".");
  return isAbsolute(program)
    ? {
        key,
        severity: "error",
        message: `${reason} ${program}, which is not an executable file.`,
        remedy: `Correct the path in ${name}, or make the file executable.`,
      }
    : {
        key,
        severity: "error",
        message: `${reason} \`${program}\`, and there is no such program on PATH.`,
        remedy:
          installation === null
            ? `Write a program that is there in ${name}, install \`${program}\`, or give its absolute path.`
            : `${installation} Or write another backend as \`agent.backend\`.`,
      };
}

/** What runs a program that is the first of its arguments. */
const interpreters: ReadonlySet<string> = new Set([
  "node",
  "deno",
  "bun",
  "python",
  "python3",
  "ruby",
  "perl",
  "sh",
  "bash",
  "zsh",
]);

/** The script behind an interpreter: `[node, tools/agent.mjs]`. */
async function missingScript(config: WorkflowConfig): Promise<MissingProgram | null> {
  const { backend } = config.agent;
  const words = config.backends[backend]?.["program"];
  const [program, script] = Array.isArray(words) ? words : [];
  if (typeof program !== "string" || !interpreters.has(posix.basename(program))) return null;
  // `-c` and the like come before a text, not before a file.
  if (typeof script !== "string" || !/^[^-$].*\.\w+$/.test(script) || isAbsolute(script))
    return null;
  const key = ["backends", backend, "program"];
  return relativeProblem(namedByKey(key, script, ""), config);
}

async function relativeProblem(
  { key, program, reason }: NamedProgram,
  { workspace, hooks }: WorkflowConfig,
): Promise<MissingProgram | null> {
  const { kind, repository, base } = workspace;
  const path = posix.normalize(program);
  if (kind !== "git" || !isAbsolute(repository) || path.startsWith("..")) return null;
  const commit = `${base ?? "HEAD"}^{commit}`;
  // Without a base there is a plainer error to come.
  if ((await git(repository, "rev-parse", "--verify", "--quiet", commit)) === null) return null;
  if ((await git(repository, "cat-file", "-e", `${base ?? "HEAD"}:${path}`)) !== null) return null;
  const top = (await git(repository, "rev-parse", "--show-toplevel")) ?? repository;
  const hasHook = hooks.afterCreate !== null || hooks.beforeRun !== null;
  const isHere = existsSync(join(top, path));
  if (isHere && hasHook) return null;
  return {
    key,
    severity: "warning",
    message: `${reason} ${program}, which is not in the work tree of the agent: ${base ?? "HEAD"} has no such file.`,
    remedy: isHere
      ? "Commit the file, or make it with `hooks.after_create`."
      : "Correct the path, which starts at the top of the repository, or make the file with `hooks.after_create`.",
  };
}

/** What git prints; `null` where it fails. */
async function git(cwd: string, ...args: readonly string[]): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  execFile("git", [...args], { cwd }, (error, stdout) => {
    resolve(error === null ? stdout.trim() : null);
  });
  return promise;
}
