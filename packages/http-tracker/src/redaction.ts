import { clip } from "./clip.ts";

const maxLength = 500;

/** Takes secrets out of texts that others wrote, and bounds them. */
export class Redaction {
  readonly #secrets: readonly string[];

  constructor(secrets: readonly (string | undefined)[]) {
    this.#secrets = secrets
      .filter((secret) => secret !== undefined && secret !== "")
      .flatMap((secret = "") => [...new Set([secret, encodeURIComponent(secret)])]);
  }

  clean(text: string): string {
    let cleaned = text;
    for (const secret of this.#secrets) cleaned = cleaned.replaceAll(secret, "***");
    return cleaned.length <= maxLength ? cleaned : `${clip(cleaned, maxLength)}…`;
  }

  /** An error that can be a `cause`: its message alone, cleaned. */
  cause(error: unknown): Error {
    return new Error(this.clean(innermost(error)));
  }
}

/** The message that says most: `fetch failed` hides the reason in its cause. */
function innermost(error: unknown): string {
  let inner = error;
  for (
    let depth = 0;
    depth < 8 && inner instanceof Error && inner.cause instanceof Error;
    depth += 1
  ) {
    inner = inner.cause;
  }
  if (!(inner instanceof Error)) return String(inner);
  const code = "code" in inner && typeof inner.code === "string" ? inner.code : null;
  if (inner.message === "") return code ?? inner.name;
  return code === null || inner.message.includes(code)
    ? inner.message
    : `${inner.message} (${code})`;
}
