import { markedBody } from "@signalbox/http-tracker";
import type { CommentLimit } from "@signalbox/http-tracker";

const maxLength = 1_000_000;

/** GitLab refuses longer notes. */
export const noteLimit: CommentLimit = {
  maxLength,
  cutNote: `\n\n… cut: GitLab takes ${maxLength} characters in a comment.`,
};

/** The body as it is written, and nothing in it that would act. */
export function markedNote(key: string, body: string): string {
  return markedBody(key, withoutCommands(body), noteLimit);
}

/** A line that begins with `/close` is an order to GitLab, performed with the rights of the token: what agents say is none. */
function withoutCommands(text: string): string {
  return text.replaceAll(/^(\s*)\/(?=[a-z_])/gim, String.raw`$1\/`);
}
