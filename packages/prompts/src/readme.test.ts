import { expect, it } from "vitest";
import { sampleIssue } from "./__fixtures__/sample-order.ts";
import { PromptRenderer, toPromptVariables } from "./index.ts";

it("the example of the README works", async () => {
  const order = {
    runId: "run-1",
    issue: sampleIssue,
    attempt: null,
    retryKind: null,
    feedback: null,
  };
  const workspace = { path: "/workspaces/tide-7", branch: null };
  const renderer = new PromptRenderer({
    template: "Fix {{ issue.identifier }}: {{ issue.title }}\n{{ issue.description | fence }}",
    path: "WORKFLOW.md",
    line: 12,
  });
  const prompt = await renderer.render(toPromptVariables(order, workspace));
  expect(prompt).toBe("Fix TIDE-7: Predict heights\n```\nFor a station.\n```");
});
