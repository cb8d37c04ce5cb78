/** A request as the adapter sent it. */
export interface SentRequest {
  /** Upper case. */
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface TransportReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What goes wrong with a request. */
export type TransportFault =
  /** This answer comes instead of the service's, which never sees the request. */
  | { readonly kind: "reply"; readonly reply: (request: SentRequest) => TransportReply }
  /** There is no connection. Over the proxy, whatever the code, it closes before an answer. */
  | {
      readonly kind: "no-connection";
      readonly code: "ECONNREFUSED" | "ECONNRESET" | "ENOTFOUND" | "CERT_HAS_EXPIRED";
    }
  /** No answer ever comes. */
  | { readonly kind: "hang" }
  /** The service's answer breaks off in its body. */
  | { readonly kind: "cut" }
  /** The service does what it was asked to, and the answer is lost. */
  | { readonly kind: "lost-reply" }
  /** The service's answer is changed on its way. */
  | { readonly kind: "change"; readonly change: (reply: TransportReply) => TransportReply };

/** Which requests a fault befalls. */
export interface FaultAim {
  /** Default `any`. */
  readonly on?: "any" | "read" | "write";
  /** How many of these get through before. Default 0. */
  readonly after?: number;
  /** How many of them it befalls. Default: all that follow. */
  readonly times?: number;
}

/** REST: whatever is not GET, HEAD or OPTIONS. GraphQL: mutations. */
export function changesSomething({ method, body }: SentRequest): boolean {
  if (["GET", "HEAD", "OPTIONS"].includes(method)) return false;
  return !/^\s*\{[^]*"query"\s*:\s*"(?!(?:\s|\\[nrt])*mutation)/.test(body);
}
