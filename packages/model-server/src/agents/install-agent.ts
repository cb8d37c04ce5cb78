import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { realAgents, type RealAgentName } from "./agent-catalogue.ts";
import { agentFolder, lookUpAgent } from "./look-up-agent.ts";

/**
 * Installs one real program with npm, without running install scripts. Does nothing where it is installed. A folder gets
 * its name when it is complete. Throws what npm printed where it fails.
 */
export async function installAgent(name: RealAgentName): Promise<"installed" | "was there"> {
  if (lookUpAgent(name).isInstalled) return "was there";
  const { version, packages, program } = realAgents[name];
  const folder = agentFolder(name);
  const partial = `${folder}.${process.pid}.partial`;
  try {
    await mkdir(partial, { recursive: true });
    await writeFile(`${partial}/package.json`, '{ "private": true }\n');
    await npmInstall(partial, packages);
    if (!existsSync(join(partial, program))) {
      throw new Error(`${name} ${version} has no program at ${program}`);
    }
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return "installed";
}

async function npmInstall(folder: string, packages: readonly string[]): Promise<void> {
  const flags = ["--save-exact", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = spawn("npm", ["install", "--prefix", folder, ...flags, ...packages], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let printed = "";
  npm.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed = `${printed}${text}`.slice(-2000);
  });
  await once(npm, "close");
  if (npm.exitCode !== 0) {
    throw new Error(`npm install ${packages.join(" ")} failed:\n${printed.trim()}`);
  }
}
