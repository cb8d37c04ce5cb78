import { stat } from "node:fs/promises";
import { delimiter, isAbsolute, resolve } from "node:path";
import { type ProcessErrorCode, SignalboxError } from "@signalbox/contracts";
import { inspect, searchPath } from "./find-executable.ts";

export interface ProgramOrder {
  /** Bare names are looked up on `environment.PATH`; relative paths with a slash start at `cwd`. */
  readonly program: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The absolute path to start. Rejects with a `SignalboxError` that says what is missing and what to do. */
export async function locateProgram(order: ProgramOrder): Promise<string> {
  const { program, cwd } = order;
  await checkFolder(cwd, program);
  const path = order.environment["PATH"] ?? "";
  const bare = !program.includes("/");
  const located = bare
    ? searchPath(program, path)
    : inspect(isAbsolute(program) ? program : resolve(cwd, program));
  if (located.kind === "executable") return located.path;
  if (located.kind === "not-executable") {
    throw new SignalboxError<ProcessErrorCode>(
      "process_not_executable",
      `Cannot start ${quote(program)}: ${located.path} is not an executable file`,
      { remedy: `Make it executable (chmod +x ${located.path}), or name another program.` },
    );
  }
  throw new SignalboxError<ProcessErrorCode>(
    "process_not_found",
    bare
      ? `Cannot start ${quote(program)}: there is no such program ${searched(path)}`
      : `Cannot start ${quote(program)}: there is no such file, seen from ${cwd}`,
    {
      remedy: bare
        ? `Install ${quote(program)}, add its folder to PATH, or give its absolute path.`
        : `Correct the path; a relative one starts at ${cwd}.`,
    },
  );
}

/** Where a bare name was looked for: how much, for a PATH of many folders would hide the rest of the message. */
function searched(path: string): string {
  const count = path.split(delimiter).filter((folder) => isAbsolute(folder)).length;
  return count === 0
    ? "on PATH, which is empty"
    : `in the ${count} folder${count === 1 ? "" : "s"} of PATH`;
}

async function checkFolder(cwd: string, program: string): Promise<void> {
  let problem = "does not exist";
  try {
    if ((await stat(cwd)).isDirectory()) return;
    problem = "is not a folder";
  } catch (error) {
    const code = errorCode(error);
    if (code !== "ENOENT" && code !== "ENOTDIR") problem = `cannot be read (${code})`;
  }
  throw new SignalboxError<ProcessErrorCode>(
    "process_cwd",
    `Cannot start ${quote(program)}: its working folder ${cwd} ${problem}`,
    { remedy: "Create the folder, or correct the path." },
  );
}

/** What the operating system said, as an error that crosses ports. */
export function spawnError(program: string, path: string, error: unknown): SignalboxError {
  const code = errorCode(error);
  if (code === "ENOENT") return missingInterpreter(program, path, error);
  return new SignalboxError<ProcessErrorCode>(
    "process_spawn",
    `Cannot start ${quote(program)}: the system refused (${code})`,
    {
      retryable: outOfResources.has(code),
      remedy: remedies[code] ?? "Check the program and its arguments.",
      cause: error,
    },
  );
}

export function missingInterpreter(program: string, path: string, cause?: unknown): SignalboxError {
  return new SignalboxError<ProcessErrorCode>(
    "process_not_found",
    `Cannot start ${quote(program)}: ${path} exists, but the interpreter that it names does not`,
    { remedy: `Install the interpreter in the first line of ${path}.`, cause },
  );
}

const outOfResources = new Set(["EAGAIN", "EMFILE", "ENFILE", "ENOMEM", "ETXTBSY"]);
const remedies: Readonly<Record<string, string>> = {
  E2BIG: "Shorten the arguments or the environment; give long text by stdin or by a file.",
  ERR_INVALID_ARG_VALUE: "Remove the NUL byte from the arguments or the environment.",
  EAGAIN: "Raise the limit on processes, or run fewer agents at once.",
  EMFILE: "Raise the limit on open files, or run fewer agents at once.",
  ENFILE: "Raise the limit on open files, or run fewer agents at once.",
  ENOMEM: "Free memory, or run fewer agents at once.",
};

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "unknown error";
}

function quote(program: string): string {
  return JSON.stringify(program.length > 200 ? `${program.slice(0, 200)}…` : program);
}
