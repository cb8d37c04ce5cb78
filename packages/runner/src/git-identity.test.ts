import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeIdentity } from "./git-identity.ts";

it("agents that start at the same moment in one process all get the identity", async () => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-identity-"));
  try {
    const repository = join(folder, "repository");
    execFileSync("git", ["init", "--quiet", repository]);
    execFileSync("git", ["config", "user.name", "Somebody"], { cwd: repository });
    const homes = Array.from({ length: 8 }, (_, number) => join(folder, `home-${number}`));
    for (const home of homes) mkdirSync(home);
    const kept = join(folder, "state", "identity");
    const order = { kept, repository, environment: { PATH: process.env["PATH"] } };
    const { signal } = new AbortController();
    await Promise.all(homes.map((home) => writeIdentity({ ...order, home }, signal)));
    for (const home of homes) {
      expect(readFileSync(join(home, ".gitconfig"), "utf8")).toContain('name = "Somebody"');
    }
    expect(readdirSync(join(folder, "state"))).toEqual(["identity"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
