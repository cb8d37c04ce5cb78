/**
 * Takes a lock as often as it is told, and adds one to the number in the file that it guards; or holds it until it is
 * killed. Says each time that it has it.
 */
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { takeFileLock } from "../file-lock.ts";

const [lock = "", file = "", times = "1", holds = ""] = process.argv.slice(2);
for (let left = Number(times); left > 0; left -= 1) {
  let held = await takeFileLock(lock);
  while (held === null) {
    await sleep(1);
    held = await takeFileLock(lock);
  }
  process.stdout.write("held\n");
  if (holds !== "") await sleep(60_000);
  const sum = Number(await readFile(file, "utf8"));
  await writeFile(file, String(sum + 1));
  await held.release();
}
