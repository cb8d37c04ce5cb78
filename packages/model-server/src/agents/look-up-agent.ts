import { existsSync } from "node:fs";
import { join } from "node:path";
import { realAgentNames, realAgents, type RealAgentName } from "./agent-catalogue.ts";

export interface InstalledAgent {
  readonly name: RealAgentName;
  readonly version: string;
  readonly isInstalled: true;
  /** The program and its first arguments: of a script, Node is the program. */
  readonly program: readonly [string, ...string[]];
}

export interface MissingAgent {
  readonly name: RealAgentName;
  readonly version: string;
  readonly isInstalled: false;
  /** What is missing and how to get it: for the title of a skipped test. */
  readonly reason: string;
}

/** The folder with the real programs: `SIGNALBOX_AGENTS_DIR`, or `.agents` at the root of the repository. */
export function agentsFolder(): string {
  const asked = process.env["SIGNALBOX_AGENTS_DIR"] ?? "";
  return asked === "" ? join(import.meta.dirname, "../../../../.agents") : asked;
}

/** Where one program of one version is. A folder is there completely or not at all. */
export function agentFolder(name: RealAgentName): string {
  return join(agentsFolder(), `${name}-${realAgents[name].version}`);
}

/** Looks for one real program. */
export function lookUpAgent(name: RealAgentName): InstalledAgent | MissingAgent {
  const { version, program, isScript } = realAgents[name];
  const path = join(agentFolder(name), program);
  if (existsSync(path)) {
    const command: readonly [string, ...string[]] = isScript ? [process.execPath, path] : [path];
    return { name, version, isInstalled: true, program: command };
  }
  const reason = `needs ${name} ${version}: pnpm agents:real ${name}`;
  return { name, version, isInstalled: false, reason };
}

/** All real programs that are there. */
export function installedAgents(): readonly InstalledAgent[] {
  return realAgentNames.map(lookUpAgent).filter((agent) => agent.isInstalled);
}
