import {
  variableName,
  type JsonValue,
  type Logger,
  type WorkflowConfig,
} from "@signalbox/contracts";

/** Shorter values are left alone: they would turn up everywhere by chance. */
const minLength = 8;
const secretName = /(?:^|[_-])(?:token|key|secret|password|passwd|passphrase|credentials?|pat)$/i;
const replacement = "[redacted]";

type Config = Pick<WorkflowConfig, "tracker" | "backends">;
/** Every run of one configuration asks again. */
const lastFound = new WeakMap<
  Config,
  { readonly environment: Environment; readonly secrets: readonly string[] }
>();

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What must not stand in a transcript: the values of environment variables whose names look like those of secrets
 * (`*_TOKEN`, `*_KEY`, `*_SECRET`, `*_PASSWORD`, …), and what stands under such a key in the options of tracker and
 * backends. Longest first.
 */
export function secretsOf(environment: Environment, config: Config): readonly string[] {
  const known = lastFound.get(config);
  if (known?.environment === environment) return known.secrets;
  const secrets = findSecrets(environment, config);
  lastFound.set(config, { environment, secrets });
  return secrets;
}

function findSecrets(environment: Environment, config: Config): readonly string[] {
  const found = new Set<string>();
  const add = (value: string | undefined): void => {
    // Output comes line by line, and often as JSON.
    for (const line of value?.split(/\r?\n/) ?? []) {
      if (line.length < minLength) continue;
      found.add(line);
      found.add(JSON.stringify(line).slice(1, -1));
    }
  };
  for (const [name, value] of Object.entries(environment)) {
    if (secretName.test(name)) add(value);
  }
  for (const text of secretOptions([config.tracker.provider, config.backends], false)) {
    const variable = variableName(text);
    add(variable === null ? text : environment[variable]);
  }
  return [...found].toSorted((a, b) => b.length - a.length);
}

export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, replacement), text);
}

/** The same value with every text in it redacted. */
export function redactAll<T>(value: T, secrets: readonly string[]): T;
export function redactAll(value: unknown, secrets: readonly string[]): unknown {
  if (secrets.length === 0) return value;
  if (typeof value === "string") return redact(value, secrets);
  if (Array.isArray(value)) return value.map((part: unknown) => redactAll(part, secrets));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, redactAll(part, secrets)]);
  return Object.fromEntries(entries);
}

/** What a hook or an agent printed may come in a log line. */
export function redactingLogger(logger: Logger, secrets: readonly string[]): Logger {
  return {
    log: (level, message, fields) =>
      logger.log(level, redact(message, secrets), redactAll(fields, secrets)),
  };
}

function* secretOptions(value: JsonValue, isSecret: boolean): Generator<string> {
  if (typeof value === "string") {
    if (isSecret) yield value;
  } else if (typeof value === "object" && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      yield* secretOptions(
        part,
        isSecret || secretName.test(key.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_")),
      );
    }
  }
}
