import { execFile } from "node:child_process";
import type { Scene } from "./scene.ts";

export interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a verb of the CLI on the scene, to its end. */
export function signalbox(scene: Scene, ...words: readonly string[]): Promise<Told> {
  const args = [...scene.cli, ...words, "--state-dir", scene.stateDir];
  const options = { cwd: scene.repository, env: scene.environment, maxBuffer: 1e9 };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, options, (_error, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err });
    });
  });
}
