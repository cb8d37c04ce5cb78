import type { ToolUnion } from "@anthropic-ai/sdk/resources/messages";
import * as v from "valibot";

export const askPerson: Extract<ToolUnion, { input_schema: unknown }> = {
  name: "ask_person",
  description:
    "Asks a person and ends the turn. The answer may take days; it comes as the next message. Only for what nobody else can decide.",
  input_schema: {
    type: "object",
    properties: { question: { type: "string", description: "All that a person needs to answer." } },
    required: ["question"],
  },
};

export const questionInput: v.GenericSchema<unknown, { question: string }> = v.object({
  question: v.pipe(v.string(), v.trim(), v.minLength(1, "must not be blank")),
});
