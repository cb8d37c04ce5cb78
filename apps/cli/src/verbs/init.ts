import { open, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import { inspectRepository, type RepositoryFacts } from "../init/inspect-repository.ts";
import { unnamedProgram, workflowTemplate } from "../init/workflow-template.ts";
import type { Surroundings } from "../surroundings.ts";

export interface InitOptions {
  readonly force: boolean;
  readonly json: boolean;
}

/** Writes WORKFLOW.md into the root of the repository, and nothing else anywhere. */
export async function init(options: InitOptions, surroundings: Surroundings): Promise<void> {
  const facts = await inspectRepository(surroundings.cwd, surroundings.environment);
  const path = join(facts.root, "WORKFLOW.md");
  const text = workflowTemplate(facts);
  if (options.force) await replaceFile(path, text);
  else await createFile(path, text);
  if (options.json) {
    surroundings.out.line(
      JSON.stringify({
        path,
        roadmap: facts.roadmap,
        default_branch: facts.defaultBranch,
        agents: facts.agents,
      }),
    );
    return;
  }
  for (const line of nextSteps(path, facts)) surroundings.out.line(line);
}

async function createFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      throw new SignalboxError("workflow_exists", `${path} is there already`, {
        remedy: "`signalbox validate` checks it; `signalbox init --force` replaces it.",
        cause: error,
      });
    }
    throw writeFailed(path, error);
  }
}

/** The old file stays whole until the new one is. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw writeFailed(path, error);
  }
}

function writeFailed(path: string, cause: unknown): SignalboxError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SignalboxError("workflow_write_error", `${path} cannot be written: ${why}`, {
    remedy: "Look at the folder's permissions and at the free space of its disk.",
    cause,
  });
}

function nextSteps(path: string, { roadmap, agents, defaultBranch }: RepositoryFacts): string[] {
  const [agent] = agents;
  const steps = [
    ...(roadmap === null ? ["Write docs/roadmap.md, for example:", ...exampleRoadmap] : []),
    agent === undefined
      ? `Put your agent's command in place of "${unnamedProgram}" under backends.command.program.`
      : `Look at what ${agent} may do without asking: \`permissions\` under backends.`,
    "signalbox validate            checks the file",
    "signalbox run --dry-run       shows what would be started",
    "signalbox run                 starts the daemon",
  ];
  return [
    `Wrote ${path}`,
    `  roadmap         ${roadmap ?? "none yet"}`,
    `  default branch  ${defaultBranch ?? "unknown: HEAD is detached"}`,
    `  agents on PATH  ${agents.length === 0 ? "none that is known here" : agents.join(", ")}`,
    "",
    "Next:",
    ...steps.map((step) => `  ${step}`),
  ];
}

const exampleRoadmap = [
  "",
  "    # Roadmap",
  "    ## Milestone: First steps",
  "    ### Say hello",
  "    - **Status:** planned",
  "    - **Summary:** `hello` prints a greeting.",
  "    - **Blockers:** none",
  "",
];
