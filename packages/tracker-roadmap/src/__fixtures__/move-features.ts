/** A writer of its own: moves the features that are named by its arguments, one after another. */
import { RoadmapTrackerAdapter } from "../roadmap-tracker.ts";

const [path = "", to = "", ...titles] = process.argv.slice(2);
const tracker = new RoadmapTrackerAdapter({ path }, { folder: "/" });
const { signal } = new AbortController();
const issues = await tracker.fetchIssuesByStates(["planned"], signal);
for (const title of titles) {
  const issue = issues.find((one) => one.title === title);
  if (issue === undefined) throw new Error(`no planned feature ${title}`);
  const result = await tracker.transition(issue.id, { from: "planned", to, key: title }, signal);
  if (result.kind !== "confirmed") throw new Error(`${title}: ${JSON.stringify(result)}`);
}
