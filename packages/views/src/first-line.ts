/** The line of a feedback that says what it is about. */
export function firstLine(feedback: string): string {
  return feedback.trim().split("\n", 1)[0] ?? "";
}
