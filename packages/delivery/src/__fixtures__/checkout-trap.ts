import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { WorkspaceRef } from "@signalbox/contracts";
import { git, type Scratch } from "./scratch.ts";

const script = `
if [ -e "$1/armed" ]; then
  left=$(cat "$1/armed")
  if [ "$left" -gt 1 ]; then
    echo $((left - 1)) > "$1/armed"
  else
    rm "$1/armed"
    [ -e "$1/daemon" ] && kill -9 $(cat "$1/daemon")
    if [ -e "$1/slow" ]; then
      touch "$1/reached"
      while [ -e "$1/slow" ]; do sleep 0.02; done
    else
      kill -9 $PPID
    fi
  fi
fi
exec cat
`;

/** Lets git run into a trap at a file that it writes into the checkout, in the order of their names. */
export class CheckoutTrap {
  readonly #scratch: Scratch;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
    const file = this.#file("trap.sh");
    writeFileSync(file, script);
    git(scratch.repository, "config", "filter.trap.smudge", `exec sh ${file} ${scratch.folder}`);
    git(scratch.repository, "config", "filter.trap.clean", "cat");
    scratch.commit(".gitattributes", "*.txt filter=trap\n");
  }

  /** git is killed before it writes the nth file of those with the trap, counted from 1. */
  arm(nth: number): void {
    writeFileSync(this.#file("armed"), String(nth));
  }

  /** Runs a daemon's delivery in a process of its own, which dies in the trap, with git or without. */
  async dieWith(workspace: WorkspaceRef, nth: number, goesOn: "git dies" | "git goes on") {
    const { config, order } = {
      config: this.#scratch.config({ kind: "merge" }),
      order: this.#scratch.order(workspace),
    };
    this.arm(nth);
    if (goesOn === "git goes on") writeFileSync(this.#file("slow"), "");
    const entry = join(import.meta.dirname, "deliver.ts");
    const argument = JSON.stringify({ config, delivery: order });
    const args = ["--conditions=@signalbox/source", entry, argument];
    const daemon = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
    writeFileSync(this.#file("daemon"), String(daemon.pid));
    await once(daemon, "exit");
    writeFileSync(this.#file("daemon"), "");
    return daemon.signalCode;
  }

  /** The git that waits in the trap goes on. Resolves when it has released the checkout. */
  async letGo(): Promise<void> {
    rmSync(this.#file("slow"));
    const lock = join(this.#scratch.repository, ".git", "index.lock");
    for (let looks = 0; existsSync(lock) && looks < 500; looks += 1) await sleep(20);
  }

  #file(name: string): string {
    return join(this.#scratch.folder, name);
  }
}
