import process from "node:process";
import { SqliteJournal } from "../sqlite-journal.ts";

// Owns the journal whose path is given, appends without end, and says each version that was acknowledged.
const [path = ""] = process.argv.slice(2);
const journal = await SqliteJournal.open({ path, scope: "test" });
const tenure = await journal.acquire({ pid: process.pid, host: "here", since: Date.now() });
let version = tenure.version;
for (;;) {
  const entries = Array.from({ length: 1 + (version % 7) }, (_, index) => ({
    type: "tick",
    v: 1,
    at: Date.now(),
    data: { number: version + index + 1, filler: "x".repeat(300) },
  }));
  version = await journal.append(version, tenure.epoch, entries, `batch-${version}`);
  if (!process.stdout.write(`${version}\n`)) {
    await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
}
