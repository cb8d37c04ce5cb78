import * as v from "valibot";
import { ToolFailure } from "./tool.ts";

/** The input of a tool call, or a `ToolFailure` that says what is wrong with it. */
export function readInput<Input>(schema: v.GenericSchema<unknown, Input>, input: unknown): Input {
  const parsed = v.safeParse(schema, input);
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map((issue) => {
    const path = v.getDotPath(issue);
    return path === null ? issue.message : `${path}: ${issue.message}`;
  });
  throw new ToolFailure(`The input is not right. ${problems.join(". ")}`);
}
