import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { isAbsolute, join, posix } from "node:path";
import type { WorkflowConfig, WorkflowProblem } from "@signalbox/contracts";
import { findExecutable } from "@signalbox/process";

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
}

/**
 * Looks up what the `command` backend and `delivery.check` start. A bare name or an absolute path that is not there is
 * an error; a relative path is looked for in the commit that workspaces start from, and only ever a warning: a hook may
 * make it. Starts nothing.
 */
export async function findMissingPrograms(
  config: WorkflowConfig,
  environment: Environment,
): Promise<readonly MissingProgram[]> {
  const missing: MissingProgram[] = [];
  for (const named of namedPrograms(config, environment)) {
    const isRelative = named.program.includes("/") && !isAbsolute(named.program);
    const found = isRelative ? await relativeProblem(named, config) : await programProblem(named);
    if (found !== null) missing.push(found);
  }
  return missing;
}

function namedPrograms(config: WorkflowConfig, environment: Environment): readonly NamedProgram[] {
  const path = environment["PATH"] ?? "";
  const agent = config.agent.backend === "command" ? config.backends["command"] : undefined;
  const program = commandProgram(agent?.["program"], environment);
  const [check] = config.delivery.kind === "merge" ? (config.delivery.check ?? []) : [];
  return [
    ...(program === null || agent?.["shell"] === true
      ? []
      : [
          {
            key: ["backends", "command", "program"],
            program,
            path: ownPath(agent?.["env"]) ?? path,
          },
        ]),
    ...(check === undefined ? [] : [{ key: ["delivery", "check"], program: check, path }]),
  ];
}

/** The first word of a list, which may be a variable; the backend's own schema says what is wrong with anything else. */
function commandProgram(written: unknown, environment: Environment): string | null {
  const first: unknown = Array.isArray(written) ? written[0] : null;
  if (typeof first !== "string") return null;
  const variable = /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))$/.exec(first);
  const program = variable ? environment[variable[1] ?? variable[2] ?? ""] : first;
  return program === undefined || program.trim() === "" ? null : program;
}

/** `backends.command.env.PATH`, where it is set. */
function ownPath(env: unknown): string | null {
  return typeof env === "object" && env !== null && "PATH" in env && typeof env.PATH === "string"
    ? env.PATH
    : null;
}

async function programProblem({
  key,
  program,
  path,
}: NamedProgram): Promise<MissingProgram | null> {
  if ((await findExecutable(program, path)) !== null) return null;
  const name = key.join(".");
  return isAbsolute(program)
    ? {
        key,
        severity: "error",
        message: `\`${name}\` names ${program}, which is not an executable file.`,
        remedy: `Correct the path in ${name}, or make the file executable.`,
      }
    : {
        key,
        severity: "error",
        message: `\`${name}\` names \`${program}\`, and there is no such program on PATH.`,
        remedy: `Write a program that is there in ${name}, install \`${program}\`, or give its absolute path.`,
      };
}

async function relativeProblem(
  { key, program }: NamedProgram,
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
    message: `\`${key.join(".")}\` names ${program}, which is not in the work tree of the agent: ${base ?? "HEAD"} has no such file.`,
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
