/**
 * JSON with the keys of every object in order: equal content gives equal text. Keys without a value are left out, as
 * `JSON.stringify` does, whose replacer is several times slower.
 */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? "null";
  let text = "";
  for (const key of Object.keys(value).toSorted()) {
    const part = value[key];
    if (part !== undefined)
      text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalText(part)}`;
  }
  return `{${text}}`;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
