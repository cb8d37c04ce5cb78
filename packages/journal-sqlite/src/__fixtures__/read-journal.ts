import process from "node:process";
import { SignalboxError } from "@signalbox/contracts";
import { SqliteJournal } from "../sqlite-journal.ts";

// Reads the journal whose path is given, then tries to own it, and says what came of both.
const [path = ""] = process.argv.slice(2);
const said: unknown[] = [];
const reader = await SqliteJournal.open({ path, scope: "test", readOnly: true });
let entries = 0;
for await (const { seq } of reader.read(0)) entries = seq;
await reader.close();
said.push(entries);
try {
  const writer = await SqliteJournal.open({ path, scope: "test" });
  said.push(await writer.acquire({ pid: process.pid, host: "here", since: 0 }));
} catch (error) {
  if (!SignalboxError.isInstance(error)) throw error;
  said.push(error.code, error.remedy);
}
process.stdout.write(JSON.stringify(said));
