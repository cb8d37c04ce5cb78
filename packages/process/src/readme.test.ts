import { expect, it } from "vitest";
import { agentEnvironment, runCommand } from "./index.ts";

it("the example of the README works", async () => {
  const result = await runCommand({
    command: ["git", "--version"],
    cwd: process.cwd(),
    environment: agentEnvironment({ from: process.env }),
    runMarker: null,
    timeoutMs: 10_000,
    graceMs: 1_000,
  });
  expect(result.exit.code).toBe(0);
  expect(result.stdout.text).toMatch(/^git version/);
});
