/** `maxTurns` → `max_turns`; other text stays as it is. */
export function toSnakeCase(key: string): string {
  return key.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
