import { clip } from "./clip.ts";

/** Of what messages quote, characters. */
const longestName = 100;
const longestDetail = 300;

/** A record that cannot be used. */
export interface Malformed {
  readonly kind: "malformed";
  /** What it is called, as far as that can be told. */
  readonly where: string;
  readonly detail: string;
}

/** An issue of a schema's; those of valibot fit. */
interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly { readonly key: unknown }[] | undefined;
}

/** Told by the first thing that is wrong with it, and in short: a record may be of any length. */
export function malformed(where: string, [first]: readonly [SchemaIssue, ...unknown[]]): Malformed {
  const path = first.path?.map(({ key }) => String(key)).join(".") ?? "";
  const detail = clip(`${path} ${first.message}`.trim(), longestDetail);
  return { kind: "malformed", where: clip(where, longestName), detail };
}
