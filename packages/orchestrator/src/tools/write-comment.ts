import * as v from "valibot";
import { failed, hostTool, ok, type HostTool } from "./host-tool.ts";

const maxCharacters = 32 * 1024;
/** What an agent says is not taken for what the daemon says. */
const heading = "**An agent of Signalbox writes:**";

export const writeComment: HostTool = hostTool({
  name: "comment",
  description: "Writes a comment below the issue that you work on, for the people who read it.",
  input: v.strictObject({
    body: v.pipe(
      v.string(),
      v.nonEmpty("must not be empty"),
      v.maxLength(maxCharacters),
      v.description("Markdown."),
    ),
  }),
  perform: async ({ body }, { issueId, key, signal, tracker }) => {
    if (body.trim() === "") return failed("bad-arguments", "body: must not be blank");
    await tracker.ensureComment?.(issueId, { key, body: `${heading}\n\n${body}` }, signal);
    return ok("The comment is written.");
  },
});
