import { execFileSync } from "node:child_process";
import type { Scene } from "./scene.ts";
import type { Violations } from "./violations.ts";

/** Every issue stands in the target once, and no repository is damaged. Returns how many do. */
export function auditGit(
  scene: Scene,
  delivery: "merge" | "branch",
  issues: readonly string[],
  reopened: ReadonlyMap<string, number>,
  violations: Violations,
): number {
  const target = delivery === "merge" ? ["main"] : ["--branches", "--not", "main"];
  const printed = scene.git(
    "log",
    "--format=%(trailers:key=Signalbox-Issue,valueonly,separator=%x2C)",
    ...target,
  );
  const counts = new Map<string, number>();
  for (const issue of printed.split(/[\n,]/).filter((text) => text !== "")) {
    counts.set(issue, (counts.get(issue) ?? 0) + 1);
  }
  for (const issue of issues) {
    const count = counts.get(issue) ?? 0;
    if (count === 0) violations.add("not delivered", issue);
    if (count > 1 + (reopened.get(issue) ?? 0))
      violations.add("delivered more than once", `${issue}: ${count} commits`);
  }
  for (const issue of counts.keys()) {
    if (!issues.includes(issue)) violations.add("delivered, and never written", issue);
  }
  for (const folder of [scene.repository, scene.mirror]) checkRepository(folder, violations);
  const status = scene.git("status", "--porcelain").split("\n").filter(Boolean);
  for (const line of status) {
    if (!line.endsWith("docs/roadmap.md")) violations.add("litter in the checkout", line);
  }
  return counts.size;
}

function checkRepository(folder: string, violations: Violations): void {
  try {
    execFileSync("git", ["-C", folder, "fsck", "--connectivity-only", "--no-dangling"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    violations.add("git fsck", String(error));
  }
}
