import * as v from "valibot";

const schemaSchema = v.looseObject({
  type: v.fallback(v.optional(v.string(), "object"), "string"),
  enum: v.optional(v.array(v.unknown())),
  properties: v.optional(v.record(v.string(), v.unknown()), {}),
  minimum: v.optional(v.number(), 1),
});

/** A small value that follows a JSON schema: what the model answers where an agent asks for a document. */
export function exampleOf(schema: unknown): unknown {
  const { type, enum: choices, properties, minimum } = v.parse(schemaSchema, schema);
  if (choices !== undefined) return choices[0];
  switch (type.toLowerCase()) {
    case "object":
      return Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, exampleOf(property)]),
      );
    case "array":
      return [];
    case "integer":
    case "number":
      return minimum;
    case "boolean":
      return false;
    default:
      return "Work on the issue";
  }
}
