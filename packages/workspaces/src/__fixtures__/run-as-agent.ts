import type { WorkspaceRef } from "@signalbox/contracts";
import { agentEnvironment, type CommandResult, runCommand } from "@signalbox/process";
import { AgentRepository } from "../index.ts";
import { calm, type Scratch } from "./scratch.ts";

export async function openRepository(
  { stateDir }: Scratch,
  workspace: WorkspaceRef,
): Promise<AgentRepository> {
  const order = { stateDir, workspace, environment: process.env };
  const repository = await AgentRepository.open(order, calm);
  if (repository === null) throw new Error("no worktree");
  return repository;
}

/** Runs a script where an agent in a sandbox would be. */
export function runAsAgent(
  repository: AgentRepository,
  { path }: WorkspaceRef,
  script: string,
): Promise<CommandResult> {
  return runCommand({
    command: ["sh", "-c", script],
    cwd: path,
    environment: agentEnvironment({ from: process.env, set: { HOME: "/tmp" } }),
    runMarker: null,
    containment: {
      tier: "bwrap",
      network: "off",
      mounts: [{ path, source: path, access: "write" }, ...repository.mounts],
      limits: { memoryBytes: null, processes: null, cpuSeconds: null },
      modelGate: null,
    },
    timeoutMs: 20_000,
    graceMs: 500,
  });
}
