import * as fc from "fast-check";
import { expect, it } from "vitest";
import { taskTexts, usualTask } from "./__fixtures__/task-texts.ts";
import { withStatus } from "./edit-task.ts";
import { isTask, taskIn } from "./task-file.ts";

const edits = 2_000;
const seed = Number(process.env["SEED"] ?? 20_260_101);
const statuses = [
  "To Do",
  "In Progress",
  "Done",
  "Needs: a, 'word'",
  "yes",
  "終 🌊",
  "# odd",
  "@at",
];
const now = Date.parse("2027-03-04T05:06:07Z");
const dateLine = /^updated_date:.*$/;

/** A line of the two fields; the second is the rest of a value that goes on. */
const fieldLine = /^(?:(?:'status'|status|updated_date):| {2}Do\r?$)/;

/** Everything but the two fields. Told by the text alone, not by what the reader makes of it. */
function rest(text: string): string {
  const lines = text.split("\n");
  const end = lines.findIndex((line, at) => at > 0 && line.startsWith("---"));
  return lines.filter((line, at) => at > end || !fieldLine.test(line)).join("\n");
}

it(`R-327 ${edits} random edits change no byte outside of the status and the date`, () => {
  const corpus = [
    usualTask,
    usualTask.replaceAll("\n", "\r\n"),
    `\uFEFF${usualTask}`,
    ...fc.sample(taskTexts, { seed, numRuns: 300 }),
  ];
  let written = 0;
  for (let tried = 0; written < edits && tried < edits * 2; tried += 1) {
    const text = corpus[tried % corpus.length] ?? "";
    const status =
      statuses[(tried * 7 + Math.floor(tried / corpus.length)) % statuses.length] ?? "";
    const changed = withStatus(text, status, now);
    const where = `seed ${seed}, edit ${tried}: ${JSON.stringify(text)} to ${status}`;
    if (changed === null) throw new Error(`${where}: not written`);
    written += 1;
    expect(rest(changed), where).toBe(rest(text));
    const task = taskIn(changed, "x", "task");
    if (!isTask(task)) throw new Error(where, { cause: task });
    expect([task.status, task.updatedAt], where).toEqual([status, "2027-03-04T05:06:00Z"]);
    const dates = changed.split(/\r?\n/).filter((line) => dateLine.test(line));
    expect(dates.length, where).toBe(1);
    expect(changed.startsWith("\uFEFF"), where).toBe(text.startsWith("\uFEFF"));
    expect(/[^\r]\n/.test(changed), where).toBe(/[^\r]\n/.test(text));
    // A comment behind the value is the user's.
    expect(changed.includes("# why"), where).toBe(text.includes("# why"));
  }
  expect(written).toBe(edits);
}, 60_000);

it("R-327 an edit of what the program wrote changes its two lines, quoted as it quotes them", () => {
  const changed = withStatus(usualTask, "In Progress", now);
  expect(changed).toBe(
    usualTask
      .replace("status: To Do", "status: In Progress")
      .replace("2026-11-22 15:40", "2027-03-04 05:06"),
  );
  const without = usualTask.replace(/updated_date.*\n/, "");
  expect(withStatus(without, "To Do", now)).toBe(
    without.replace(/(created_date.*\n)/, "$1updated_date: '2027-03-04 05:06'\n"),
  );
});

it.each(["status: |\n  To Do", "status: &a To Do", "status: [To Do]"])(
  "writes nothing into %j, or no more than its value",
  (field) => {
    const text = usualTask.replace("status: To Do", field);
    const changed = withStatus(text, "Done", now);
    expect(changed === null || changed.includes("status: &a Done")).toBe(true);
  },
);
