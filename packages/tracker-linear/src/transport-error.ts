import { trackerError } from "./linear-error.ts";

/** An exchange that broke: no reply, half a reply, or one that is no JSON. */
export function transportError(
  action: string,
  error: unknown,
  response: Response | null,
  redact: (text: string) => string,
): Error {
  const reasons = reasonsOf(error).map(redact);
  const cause = new Error(reasons.join(": ").slice(0, 2000));
  if (error instanceof SyntaxError) {
    return trackerError(
      "tracker_payload",
      `Linear's reply to ${action} (status ${response?.status ?? "unknown"}) is not JSON`,
      { retryable: true, cause },
    );
  }
  const isCertificate = /certificate|CERT|TLS|SSL/.test(reasons.join(": "));
  return trackerError("tracker_transport", `${action} did not reach Linear: ${cause.message}`, {
    retryable: true,
    cause,
    remedy: isCertificate
      ? "Check the certificate of the endpoint; name a private authority in NODE_EXTRA_CA_CERTS."
      : "Check the network, the proxy and tracker.provider.endpoint.",
  });
}

/** Messages and codes down the chain of causes: `fetch failed` alone says nothing. */
function reasonsOf(error: unknown): readonly string[] {
  const reasons: string[] = [];
  let current = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    const code = "code" in current && typeof current.code === "string" ? current.code : null;
    const text = [current.message, code].filter((part) => part !== null && part !== "").join(" ");
    if (text !== "") reasons.push(text);
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return reasons.length === 0 ? ["unknown error"] : reasons;
}
