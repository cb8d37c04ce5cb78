import * as v from "valibot";

const errorSchema = v.object({
  errorMessages: v.fallback(v.array(v.string()), []),
  errors: v.fallback(v.record(v.string(), v.unknown()), {}),
  message: v.fallback(v.optional(v.string(), ""), ""),
});

/** What Jira says of a refusal: of the whole, and of each field. */
export function messageOf(text: string): string {
  try {
    const said = v.safeParse(errorSchema, JSON.parse(text));
    if (!said.success) return "";
    const { errorMessages, errors, message } = said.output;
    const fields = Object.entries(errors).map(([field, problem]) => `${field}: ${String(problem)}`);
    return [...errorMessages, ...fields, message].filter((part) => part !== "").join("; ");
  } catch {
    // An error page of a proxy says nothing that is worth its length.
    return text.trimStart().startsWith("<") ? "" : text.trim();
  }
}
