import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ScratchRepository extends Disposable {
  readonly root: string;
  readonly repository: string;
  readonly stateDir: string;
  readonly workflow: string;
}

/** A git repository with a roadmap of `features` planned features and the given workflow front matter. */
export function scratchRepository(features: number, frontMatter: string): ScratchRepository {
  const root = mkdtempSync(join(tmpdir(), "signalbox-bench-"));
  const repository = join(root, "repository");
  mkdirSync(join(repository, "docs"), { recursive: true });
  writeFileSync(join(repository, "docs", "roadmap.md"), roadmap(features));
  writeFileSync(join(repository, "README.md"), "# Bench\n");
  const workflow = join(repository, "WORKFLOW.md");
  writeFileSync(workflow, `---\n${frontMatter}---\nDo {{ issue.identifier }}.\n`);
  const git = (...args: string[]): void => {
    execFileSync("git", ["-C", repository, ...args], { stdio: "ignore" });
  };
  git("init", "--initial-branch=main");
  git("config", "user.name", "Bench");
  git("config", "user.email", "bench@example.invalid");
  git("add", "-A");
  git("commit", "-m", "Start");
  return {
    root,
    repository,
    stateDir: join(root, "state"),
    workflow,
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

function roadmap(features: number): string {
  const head = "---\nproject: bench\nversion: 1\n---\n\n# Roadmap\n\n## One\n";
  const body = Array.from(
    { length: features },
    (_, index) =>
      `\n### Feature number ${index}\n\n- **Status:** planned\n- **Summary:** Do the thing number ${index}, with care\n- **Priority:** P${index % 4}\n`,
  );
  return head + body.join("");
}
