import { spawn } from "node:child_process";
import { join } from "node:path";
import { plantNames } from "./plants.ts";

const minutes = 4;

/** Tortures with a bug planted, until the audit has found it, one bug after the other. False where it has not. */
export async function selfTest(): Promise<boolean> {
  let areFound = true;
  for (const plant of plantNames()) {
    const startedAt = performance.now();
    const out = await tortured(plant);
    const rules = new Set([...out.matchAll(/^VIOLATION ([^:]+):/gm)].map(([, rule = ""]) => rule));
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    console.log(
      rules.size === 0
        ? `${plant} was not found:\n${out}`
        : `${plant} was found in ${seconds} s: ${[...rules].join(", ")}`,
    );
    areFound &&= rules.size > 0;
  }
  return areFound;
}

/** In a process of its own: a plant cannot be pulled out again. */
function tortured(plant: string): Promise<string> {
  const main = join(import.meta.dirname, "..", "main.ts");
  const words = ["--minutes", String(minutes), "--plant", plant];
  const child = spawn(process.execPath, [...process.execArgv, main, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
  });
  const end = (): void => {
    child.kill();
  };
  process.once("exit", end);
  return new Promise((resolve) => {
    child.once("close", () => {
      process.off("exit", end);
      resolve(out);
    });
  });
}
