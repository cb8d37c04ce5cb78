/** Options with their keys in camelCase, as a workflow file has them in snake_case; `aliases` are other names of keys. */
export function camelKeys(
  options: Readonly<Record<string, unknown>>,
  aliases: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => {
      const camel = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      return [aliases[camel] ?? camel, value];
    }),
  );
}
