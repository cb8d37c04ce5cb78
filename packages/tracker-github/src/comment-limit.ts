import type { CommentLimit } from "@signalbox/http-tracker";

const maxLength = 65_536;

/** GitHub refuses longer comments. */
export const commentLimit: CommentLimit = {
  maxLength,
  cutNote: `\n\n… cut: GitHub takes ${maxLength} characters in a comment.`,
};
