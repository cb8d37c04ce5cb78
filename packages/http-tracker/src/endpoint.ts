/** The token goes there: https, or this machine. */
export function isSafeEndpoint(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(url);
  if (username !== "" || password !== "" || search !== "" || hash !== "") return false;
  return (
    protocol === "https:" ||
    (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname))
  );
}

/** Host, port and path as people see them. */
export function placeOf(root: string): string {
  const { host, pathname } = new URL(root);
  return `${host}${pathname === "/" ? "" : pathname}`;
}
