import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { newBacklog, taskText } from "./__fixtures__/new-backlog.ts";
import { peoplesComments, withComment } from "./comments.ts";

const now = Date.parse("2027-03-04T05:06:07Z");
const { signal } = new AbortController();
const section = `
## Comments

<!-- COMMENTS:BEGIN -->
author: @someone
created: 2026-11-22 15:36
---
Hello
---

created: 2026-11-22 15:36
---
- a
- b
---
<!-- COMMENTS:END -->
`;

describe("comments", () => {
  it("R-327 are written where the program keeps them, and change no other byte", () => {
    for (const newline of ["\n", "\r\n"]) {
      const text = (taskText("TASK-1") + section).replaceAll("\n", newline);
      const added = withComment(text, "x", { key: "k", body: "One\ntwo" }, now) ?? "";
      const ours = `
author: signalbox
created: 2027-03-04 05:06
---
<!-- signalbox:key=k -->
One
two
---
`.replaceAll("\n", newline);
      const end = "<!-- COMMENTS:END -->";
      expect(added).toBe(text.replace(end, ours + end));
      const edited = withComment(added, "x", { key: "k", body: "Three" }, now) ?? "";
      expect(edited).toBe(added.replace(`One${newline}two`, "Three"));
      expect(withComment(edited, "x", { key: "k", body: "Three\r\n" }, now + 1e6)).toBeNull();
    }
    const first = withComment(taskText("TASK-1").trimEnd(), "x", { key: "k", body: "One" }, now);
    expect(first?.startsWith(`${taskText("TASK-1").trimEnd()}\n\n## Comments\n\n<!--`)).toBe(true);
  });

  it("R-324 with one key are there once, whatever their body has", async () => {
    const { tracker, add } = await newBacklog();
    const path = await add(1);
    const bodies = [
      "---\n  ---  ",
      "<!-- COMMENTS:END --> <!--comment:begin-->",
      "a\n\n## Comments\n$& $1",
      "",
    ];
    for (const body of bodies)
      await tracker.ensureComment("TASK-1", { key: "a--b c>", body }, signal);
    await tracker.ensureComment("TASK-1", { key: "other", body: "last" }, signal);
    const text = await readFile(path, "utf8");
    expect(text.match(/signalbox:key=/g)).toHaveLength(2);
    expect(text.match(/^---$/gm)).toHaveLength(2 + 4);
    expect(await tracker.fetchComments("TASK-1", null, signal)).toEqual([]);
    const [issue] = await tracker.fetchIssuesByIds(["TASK-1"], signal);
    expect(issue?.description).toBe("Words");
  });

  it("R-433 of people who answer within the minute of a question come after it", async () => {
    const { tracker, add } = await newBacklog(() => Date.parse("2026-11-22T15:36:50Z"));
    const path = await add(1);
    await writeFile(path, taskText("TASK-1") + section);
    const { writtenAt } = await tracker.ensureComment("TASK-1", { key: "q", body: "Why?" }, signal);
    const text = await readFile(path, "utf8");
    const answer = "created: 2026-11-22 15:36\n---\nSo\n---\n<!-- COMMENTS:END -->";
    await writeFile(path, text.replace("<!-- COMMENTS:END -->", answer));
    const after = await tracker.fetchComments("TASK-1", writtenAt, signal);
    expect(after.map(({ body }) => body)).toEqual(["So"]);
    const all = await tracker.fetchComments("TASK-1", null, signal);
    expect(all.map(({ id, author, body }) => [id, author, body])).toEqual([
      ["1", "@someone", "Hello"],
      ["2", null, "- a\n- b"],
      ["4", null, "So"],
    ]);
  });

  it("are not looked for in other sections, and an older form of them is refused", () => {
    const quoted = `<!-- SECTION:NOTES:BEGIN -->${section}<!-- SECTION:NOTES:END -->\n`;
    expect(peoplesComments(taskText("TASK-1") + quoted, "x")).toEqual([]);
    const older = section.replace("author:", "<!-- COMMENT:BEGIN -->\nauthor:");
    const refusal = expect.objectContaining({ code: "tracker_payload" });
    expect(() => peoplesComments(taskText("TASK-1") + older, "x")).toThrow(refusal);
  });
});
