import { basename } from "node:path";
import type { CommandOptions } from "./command-options.ts";

/** Where well-known agents keep who is logged in, below the user's home. */
const loginPaths: Readonly<Record<string, readonly string[]>> = {
  claude: [".claude", ".claude.json"],
  codex: [".codex"],
  gemini: [".gemini"],
  opencode: [".config/opencode", ".local/share/opencode"],
  amp: [".config/amp", ".local/share/amp"],
  pi: [".pi"],
};

/** What the program of a workflow file needs to be logged in; nothing for a shell's command line or an unknown one. */
export function loginPathsOf(program: CommandOptions["program"]): readonly string[] {
  if (typeof program === "string") return [];
  const name = basename(program[0]);
  return Object.hasOwn(loginPaths, name) ? (loginPaths[name] ?? []) : [];
}
