import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeIdentity } from "./git-identity.ts";

const { signal } = new AbortController();
let folder: string;
let repository: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-identity-"));
  repository = join(folder, "repository");
  execFileSync("git", ["init", "--quiet", repository]);
  call("Ada");
});

afterEach(() => rmSync(folder, { recursive: true }));

function call(name: string): void {
  execFileSync("git", ["config", "user.name", name], { cwd: repository });
}

/** What git says in the home of another agent. */
async function nameOf(agent: string, programs = process.env["PATH"]): Promise<string> {
  const home = join(folder, agent);
  mkdirSync(home, { recursive: true });
  const environment = { PATH: programs };
  await writeIdentity({ home, kept: join(folder, "kept"), repository, environment }, signal);
  const file = join(home, ".gitconfig");
  return execFileSync("git", ["config", "--file", file, "user.name"], { encoding: "utf8" }).trim();
}

it("is asked for once in ten minutes, and written once for each agent", async () => {
  expect(await nameOf("one")).toBe("Ada");
  call("Grace");
  expect(await nameOf("two")).toBe("Ada");
  const longAgo = Date.now() / 1_000 - 601;
  utimesSync(join(folder, "kept"), longAgo, longAgo);
  expect(await nameOf("three")).toBe("Grace");
  expect(await nameOf("one")).toBe("Ada");
});

it("is asked for once, and written for each of the agents that start at the same moment", async () => {
  const programs = join(folder, "programs");
  mkdirSync(programs);
  const real = process.env["PATH"] ?? "";
  const counting = `#!/bin/sh
echo asked >> '${join(folder, "asked")}'
PATH='${real}' exec git "$@"
`;
  writeFileSync(join(programs, "git"), counting, { mode: 0o755 });
  const agents = Array.from({ length: 8 }, (_, number) => `agent-${number}`);
  const names = await Promise.all(
    agents.map((agent) => nameOf(agent, [programs, real].join(delimiter))),
  );
  expect(new Set(names)).toEqual(new Set(["Ada"]));
  expect(readFileSync(join(folder, "asked"), "utf8")).toBe("asked\n");
  const made = ["asked", "kept", "programs", "repository"];
  expect(readdirSync(folder).toSorted()).toEqual([...agents, ...made].toSorted());
});

it("R-518 is not written through a link that an agent has put in its place", async () => {
  const outside = join(folder, "outside");
  mkdirSync(join(folder, "one"));
  symlinkSync(outside, join(folder, "one", ".gitconfig"));
  await expect(nameOf("one")).rejects.toThrow("git config");
  expect(existsSync(outside)).toBe(false);
});

it("is nobody where the repository is not on this machine", async () => {
  const home = join(folder, "one");
  mkdirSync(home);
  const order = { home, kept: join(folder, "kept"), repository: "https://example.invalid/x.git" };
  await writeIdentity({ ...order, environment: {} }, signal);
  expect(existsSync(join(home, ".gitconfig"))).toBe(false);
  expect(() => readFileSync(order.kept)).toThrow("ENOENT");
});
