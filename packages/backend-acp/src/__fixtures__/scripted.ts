import { join } from "node:path";

/** The command of the scripted agent. */
export function scripted(scenario: string, folder = "."): [string, ...string[]] {
  return [process.execPath, join(import.meta.dirname, "scripted-agent.ts"), scenario, folder];
}
