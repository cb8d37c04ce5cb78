interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** A smallest value that a schema allows: for the parts of a reply that nobody reads. */
export function sampleOf(schema: Schema, schemas: Readonly<Record<string, object>>): unknown {
  const { $ref, type, format, properties = {}, required = [] } = schema;
  if ($ref !== undefined) {
    return sampleOf(schemas[$ref.slice($ref.lastIndexOf("/") + 1)] ?? {}, schemas);
  }
  const [choice] = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  if (choice !== undefined) return sampleOf(choice, schemas);
  if (schema.enum !== undefined) return schema.enum[0];
  const [name] = typeof type === "string" ? [type] : (type ?? []);
  if (Array.isArray(type) && type.includes("null")) return null;
  switch (name) {
    case "integer":
    case "number":
      return 1;
    case "boolean":
      return true;
    case "array":
      return [];
    case "object":
      return Object.fromEntries(
        required.map((key) => [key, sampleOf(properties[key] ?? {}, schemas)]),
      );
    default:
      if (format === "uri") return "https://github.com/tide/tables";
      return format === "date-time" ? "2026-01-01T00:00:00Z" : "text";
  }
}
