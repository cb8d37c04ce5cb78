import { tmpdir } from "node:os";
import type { Issue } from "@signalbox/contracts";
import { describeContainment, startProcess } from "@signalbox/process";
import { PromptRenderer, toPromptVariables } from "@signalbox/prompts";
import { builtIns } from "./built-ins.ts";

const issue: Issue = {
  id: "0",
  identifier: "rehearsal",
  title: "Rehearsal",
  description: null,
  state: "",
  stateKind: null,
  priority: null,
  labels: [],
  blockedBy: [],
  assignee: null,
  branchName: null,
  url: null,
  createdAt: null,
  updatedAt: null,
  notDispatchable: null,
  nativeRef: {},
};

/**
 * What a run does between its order and its agent, done once while a runner waits: what is loaded and compiled then
 * takes no time when a slot is free. Renders a prompt, starts a program that ends at once, touches no state folder.
 */
export async function rehearse(backend: string): Promise<void> {
  if (Object.hasOwn(builtIns, backend)) await builtIns[backend]?.();
  void describeContainment();
  await renderPrompt();
  await startProgram();
}

async function renderPrompt(): Promise<void> {
  const order = { issue, runId: "run-0", attempt: null, retryKind: null, feedback: null };
  const workspace = { path: tmpdir(), branch: null };
  const variables = toPromptVariables(order, workspace);
  const source = { template: "{{ issue.title }}", path: "", line: 1 };
  await new PromptRenderer(source).render(variables);
}

async function startProgram(): Promise<void> {
  const program = await startProcess({
    command: [process.execPath, "--version"],
    cwd: "/",
    environment: {},
    runMarker: `rehearsal-${process.pid}`,
    stdin: "",
    onStdout: () => undefined,
    onStderr: () => undefined,
    graceMs: 0,
  });
  await program.exited;
}
