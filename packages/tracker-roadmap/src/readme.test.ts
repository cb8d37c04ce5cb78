import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import plugin from "./index.ts";
import { knownStates } from "./status.ts";

const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");

it("R-315 the README is the profile: keys, fields, states, and the errors that the source has", () => {
  const sources = globSync("*.ts", { cwd: import.meta.dirname }).filter(
    (name) => !name.endsWith(".test.ts"),
  );
  const code = sources.map((name) => readFileSync(join(import.meta.dirname, name), "utf8")).join();
  const codes = [...new Set(code.match(/"tracker_[a-z_]+"/g) ?? [])].map((quoted) =>
    quoted.slice(1, -1),
  );
  expect(codes.length).toBeGreaterThan(3);
  const options = [...code.matchAll(/^ {4}(\w+): v\.optional/gm)].map(([, key = ""]) => key);
  expect(options).toContain("path");
  const fields = ["id", "identifier", "state", "stateKind", "priority", "labels", "blockedBy"];
  const states = [...knownStates.keys(), ...plugin.defaults.activeStates];
  const unsaid = [...codes, ...options, ...fields, ...states].filter(
    (name) => !readme.includes(`\`${name}\``) && !new RegExp(`\\b${name}\\b`).test(readme),
  );
  expect(unsaid).toEqual([]);
  for (const heading of ["Options", "Writes", "Tools", "Errors", "Guarantees and limits"]) {
    expect(readme).toContain(`## ${heading}`);
  }
});
