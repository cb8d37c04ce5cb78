import { spawn } from "node:child_process";
import type { Containment } from "@signalbox/contracts";
import { findExecutable } from "../spawn/find-executable.ts";
import { bwrapCommand } from "./bwrap-command.ts";

const probeLimitMs = 10_000;
/** Where bubblewrap is looked for after the PATH of this process. */
const usualPath = "/usr/local/bin:/usr/bin:/bin";

/** Whether bubblewrap works here. */
export type BwrapProbe =
  | { readonly path: string; readonly because: null }
  | { readonly path: null; readonly because: string };

let probing: Promise<BwrapProbe> | null = null;

/** Really starts a program in it, once in the life of this process: kernels and containers forbid it in many ways. */
export function probeBwrap(): Promise<BwrapProbe> {
  probing ??= probe(`${process.env["PATH"] ?? ""}:${usualPath}`);
  return probing;
}

export async function probe(searchPath: string): Promise<BwrapProbe> {
  if (process.platform !== "linux") return { path: null, because: "bubblewrap needs Linux" };
  const path = await findExecutable("bwrap", searchPath);
  if (path === null) return { path: null, because: "bwrap (bubblewrap) is not installed" };
  const shell = "/bin/sh";
  const [program, ...parameters] = bwrapCommand({
    bwrap: path,
    containment: nothing,
    programs: [shell],
    path: "/usr/bin:/bin",
    cwd: "/",
  });
  const script = "test -w /usr || echo confined";
  const { output, error } = await outputOf(program, [...parameters, shell, "-c", script]);
  if (output.startsWith("confined")) return { path, because: null };
  const detail = error.trim().split("\n").at(-1)?.slice(0, 300) ?? "";
  return { path: null, because: `${path} cannot start a program here${detail && `: ${detail}`}` };
}

const nothing: Containment = {
  tier: "bwrap",
  network: "off",
  mounts: [],
  limits: { memoryBytes: null, processes: null, cpuSeconds: null },
  modelGate: null,
};

function outputOf(
  program: string,
  parameters: readonly string[],
): Promise<{ readonly output: string; readonly error: string }> {
  return new Promise((resolve) => {
    let output = "";
    let error = "";
    const child = spawn(program, parameters, {
      env: {},
      stdio: ["ignore", "pipe", "pipe"],
      timeout: probeLimitMs,
      killSignal: "SIGKILL",
    });
    child.stdout.on("data", (chunk: Buffer) => void (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => void (error += chunk.toString()));
    child.on("error", (cause) => resolve({ output, error: cause.message }));
    child.on("close", () => resolve({ output, error }));
  });
}
