import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { formatProblem, loadWorkflowConfig, openWorkflow, validateWorkflow } from "./index.ts";

it("the example of the README works", async () => {
  const content = "---\ntracker: { kind: roadmap }\nagents: {}\n---\nFix it.";
  const path = join(temporaryFolder({ "WORKFLOW.md": content }), "WORKFLOW.md");
  const config = loadWorkflowConfig(path);
  expect(config.polling.intervalMs).toBe(30_000);
  const { problems, locate } = validateWorkflow(path);
  expect(problems.map(formatProblem)).toEqual([
    `${path}:3:1: agents is not a known key. Did you mean agent?`,
  ]);
  expect(locate(["tracker", "kind"])).toEqual({ line: 2, column: 12 });
  const source = await openWorkflow(path);
  using _ = source.watch(() => undefined);
  await source.refresh();
  expect([source.error(), source.current().source.hash]).toEqual([null, config.source.hash]);
  await source.close();
});
