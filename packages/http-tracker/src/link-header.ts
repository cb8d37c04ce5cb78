/** The pages that a `Link` header names, by relation. Throws where it is not one. */
export function parseLinks(header: string | undefined): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  if (header === undefined || header.trim() === "") return links;
  for (const part of header.split(/,\s*(?=<)/)) {
    const match = /^\s*<([^<>]+)>((?:\s*;[^;]*)+)\s*$/.exec(part);
    const relation = /;\s*rel="?([\w-]+)"?/i.exec(match?.[2] ?? "")?.[1];
    if (match?.[1] === undefined || relation === undefined) {
      throw new Error("the `Link` header is not readable");
    }
    links.set(relation.toLowerCase(), match[1]);
  }
  return links;
}
