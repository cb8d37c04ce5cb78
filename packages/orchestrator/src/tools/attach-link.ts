import * as v from "valibot";
import { hostTool, ok, type HostTool } from "./host-tool.ts";

export const attachLink: HostTool = hostTool({
  name: "attach_link",
  description: "Puts a link beside the issue that you work on: a pull request, a page, a build.",
  input: v.strictObject({
    url: v.pipe(
      v.string(),
      v.maxLength(2_048),
      v.url("has to be a URL"),
      v.regex(/^https?:\/\//, "has to begin with https:// or http://"),
    ),
    title: v.pipe(v.string(), v.nonEmpty("must not be empty"), v.maxLength(200)),
  }),
  perform: async ({ url, title }, { issueId, signal, tracker }) => {
    await tracker.attachLink?.(issueId, { url, title }, signal);
    return ok("The link is there.");
  },
});
