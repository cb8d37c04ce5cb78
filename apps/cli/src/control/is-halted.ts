import { readFileSync } from "node:fs";

/** Whether a process has been stopped (SIGSTOP, or a debugger): it lives and does nothing. `false` where nobody knows. */
export function isHalted(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in brackets, may hold anything; the state follows the last bracket.
    return /^\) [Tt] /.test(stat.slice(stat.lastIndexOf(")")));
  } catch {
    // No such process, or no such system.
    return false;
  }
}
