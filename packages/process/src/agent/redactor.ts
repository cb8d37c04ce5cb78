const secretName = /TOKEN|KEY|SECRET|PASSWORD|PASSWD|CREDENTIAL/i;
/** Shorter values stand in too many innocent words. */
const minCharacters = 8;

/**
 * Replaces the values of variables that are secrets by their names.
 * @param named names of variables that are secrets whatever they are called
 */
export function redactor(
  environment: Readonly<Record<string, string>>,
  named: readonly string[],
): (text: string) => string {
  const secrets = Object.entries(environment).filter(
    ([name, value]) =>
      value.length >= minCharacters && (secretName.test(name) || named.includes(name)),
  );
  return (text) =>
    secrets.reduce((clean, [name, value]) => clean.replaceAll(value, () => `[${name}]`), text);
}
