import * as v from "valibot";

const typedSchema = v.looseObject({ type: v.string() });

/** The JSON types of the properties of a schema, by name. */
export function parameterTypes(
  properties: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const parsed = v.safeParse(typedSchema, schema);
      return [name, parsed.success ? parsed.output.type.toLowerCase() : "unknown"];
    }),
  );
}
