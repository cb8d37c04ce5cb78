/** The instance's own address, whether it was given with the path of its API or without. */
export function rootOf(endpoint: string): string {
  return endpoint.replace(/\/+$/, "").replace(/\/rest(?:\/api(?:\/\w+)?)?$/, "");
}
