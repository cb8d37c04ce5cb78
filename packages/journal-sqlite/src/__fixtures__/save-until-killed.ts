import process from "node:process";
import { SqliteJournal } from "../sqlite-journal.ts";

// Owns the journal whose path is given; appends, and keeps a snapshot of many parts after each append. Says each
// version that was acknowledged.
const [path = ""] = process.argv.slice(2);
const journal = await SqliteJournal.open({ path, scope: "test" });
const tenure = await journal.acquire({ pid: process.pid, host: "here", since: Date.now() });
const never = new AbortController().signal;
let version = tenure.version;
for (;;) {
  const at = Date.now();
  const entries = Array.from({ length: 20 }, () => ({ type: "tick", v: 1, at, data: version }));
  version = await journal.append(version, tenure.epoch, entries, `batch-${version}`);
  process.stdout.write(`${version}\n`);
  const data = Array.from({ length: 30 }, () => ({ version, filler: "x".repeat(2_000) }));
  await journal.saveSnapshot({ seq: version, v: 1, data });
  if (version % 200 === 0) await journal.compact(at - 100, never);
}
