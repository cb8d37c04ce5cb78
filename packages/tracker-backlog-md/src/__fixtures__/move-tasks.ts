/** A writer of its own: moves each task that its arguments name to and fro, and comments on it. */
import { BacklogTrackerAdapter } from "../backlog-tracker.ts";

const [folder = "", name = "", times = "1", ...ids] = process.argv.slice(2);
const tracker = new BacklogTrackerAdapter({}, { folder });
const { signal } = new AbortController();
for (let time = 0; time < Number(times); time += 1) {
  for (const id of ids) {
    await tracker.ensureComment(id, { key: `${name}-${time}`, body: `By ${name}, ${time}` }, signal);
  }
}
