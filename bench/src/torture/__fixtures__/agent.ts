/**
 * The coding agent of the torture test: its issue's name says how it behaves. It tells a ledger when it begins, that it
 * still lives, and when it ends; then commits a file.
 */
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const beatMs = 100;
const lifeMs: Readonly<Record<string, number>> = { slow: 20_000, stubborn: 2_000, deaf: 3_000 };
const files = 60;
const floodBytes = 8 * 1024 * 1024;

const {
  TORTURE_LEDGER: ledger = "",
  TORTURE_ENDED: endedFile = "",
  SIGNALBOX_ISSUE_IDENTIFIER: issue = "",
  SIGNALBOX_RUN_ID: run = "",
  SIGNALBOX_ATTEMPT: attempt = "",
} = process.env;
const kind = issue.replace(/-\d+$/, "");

function tell(what: string): void {
  // The clock of the machine since its start: the same one for every process.
  const at = Number(process.hrtime.bigint() / 1_000n) / 1_000;
  const entry = { what, issue, run, pid: process.pid, at, wall: Date.now() };
  appendFileSync(ledger, `${JSON.stringify(entry)}\n`);
}

tell("started");
const beat = setInterval(() => tell("beat"), beatMs);
process.stdout.on("error", () => undefined);

switch (kind) {
  case "stubborn":
    process.on("SIGTERM", () => undefined);
    process.on("SIGHUP", () => undefined);
    break;
  case "deaf":
    for (const descriptor of [0, 1, 2]) {
      closeSync(descriptor);
      openSync("/dev/null", "r+");
    }
    break;
  case "family":
    // One in a session of its own that nobody waits for, and one that holds the output open.
    spawn("sh", ["-c", "trap '' TERM HUP; sleep 90"], { detached: true, stdio: "ignore" }).unref();
    spawn("sleep", ["90"], { stdio: "inherit" }).unref();
    break;
  case "flood":
    for (let written = 0; written < floodBytes; written += 65_536) {
      if (!process.stdout.write(`${"x".repeat(79)}\n`.repeat(819))) await sleep(1);
    }
    break;
}

await sleep(lifeMs[kind] ?? 300 + Math.random() * 700);
if (kind === "faller" && attempt === "") {
  tell("fell");
  process.exit(1);
}
// Enough for git to be killed between two of them.
const folder = join("work", issue);
mkdirSync(folder, { recursive: true });
for (let file = 0; file < files; file += 1) {
  writeFileSync(join(folder, `${file}.txt`), `${issue} by ${run} at ${Date.now()}\n`.repeat(100));
}
execFileSync("git", ["add", "work"], { stdio: "ignore" });
execFileSync("git", ["commit", "--quiet", "-m", `Do ${issue}`], { stdio: "ignore" });
clearInterval(beat);
tell("ended");
writeFileSync(endedFile, run);
process.exit(0);
