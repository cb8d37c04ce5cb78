import { fileURLToPath } from "node:url";
import type { ScratchProject } from "./scratch-project.ts";

/** The CLI from source. */
export const cli: string = fileURLToPath(
  new URL("src/main.ts", import.meta.resolve("signalbox/package.json")),
);

/** What to look at after a demo that went well. Its commands work as they are printed, from top to bottom. */
export function success(project: ScratchProject, total: number): string {
  return `
All ${total} features are done. The repository is ${project.repository}

Look at what happened:
  cd ${project.repository}
  git log --graph --oneline       one merge per feature
  git diff docs/roadmap.md        planned → in-progress → done
  node --test                     everything together

Ask Signalbox, from this checkout and in any folder:
  ${alias()}
  ${signalbox(project, "logs announce")}
  ${signalbox(project, "explain announce")}
  ${signalbox(project, "run --dry-run")}

Use it in a repository of your own:
  cd /path/to/your/repository
  signalbox init
`;
}

/** What to look at where features are left, by their titles. */
export function failure(project: ScratchProject, open: readonly string[]): string {
  return `
The demo did not end well. Not done: ${open.length === 0 ? "nothing" : open.join(", ")}.

Look at:
  ${project.repository}/docs/roadmap.md
  ${project.stateDir}/runs         one folder per run, with the transcript of its agent

Ask Signalbox, from this checkout and in any folder:
  ${alias()}
  ${signalbox(project, "run --dry-run")}
`;
}

function alias(): string {
  return `alias signalbox='"${process.execPath}" --conditions=@signalbox/source "${cli}"'`;
}

function signalbox({ repository, stateDir }: ScratchProject, verb: string): string {
  return `signalbox ${verb} ${repository}/WORKFLOW.md --state-dir ${stateDir}`;
}
