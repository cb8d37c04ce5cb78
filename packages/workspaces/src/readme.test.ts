import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Scratch } from "./__fixtures__/scratch.ts";
import { WorkspaceHooks, WorkspaceManager } from "./index.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}

it("the example of the README is this code, and works", async () => {
  const config = scratch.config();
  // example
  const signal = AbortSignal.timeout(60_000);
  const manager = new WorkspaceManager(config);
  const hooks = new WorkspaceHooks(config);

  const workspace = await manager.prepare({ issueId: "42", identifier: "add-login" }, signal);
  await hooks.beforeRun(workspace, { runId: "run-1", attempt: null }, signal);
  // … an agent works in workspace.path …
  await hooks.afterRun(workspace, { runId: "run-1", attempt: null }, signal);
  const { dirty, commitsAhead } = await manager.fingerprint(workspace, signal);
  const { savedRef } = await manager.remove(workspace, signal);
  // end
  expect({ dirty, commitsAhead, savedRef }).toEqual({
    dirty: false,
    commitsAhead: 0,
    savedRef: null,
  });
  expect(existsSync(workspace.path)).toBe(false);

  const source = read("readme.test.ts").split(/^ {2}\/\/ (?:example|end)\n/m)[1] ?? "";
  expect(read("../README.md")).toContain(source.replaceAll(/^ {2}/gm, "").trim());
});
