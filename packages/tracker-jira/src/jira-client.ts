import { RestClient } from "@signalbox/http-tracker";
import type { FailedReply, Reply, RestClientOptions, RestDialect } from "@signalbox/http-tracker";
import { messageOf } from "./error-message.ts";
import { jiraErrors } from "./jira-errors.ts";
import { rateLimitOf, usedUpMs } from "./rate-limit.ts";

export type Query = Readonly<Record<string, string | number>>;
export type Body = Readonly<Record<string, unknown>>;

export interface JiraClientOptions extends Omit<RestClientOptions, "authorization" | "secrets"> {
  readonly token: string;
  /** `null`: the token is a bearer's. */
  readonly email: string | null;
  /** Never in an error, beside the token. */
  readonly otherSecrets?: readonly (string | undefined)[];
}

const dialect: RestDialect = { errors: jiraErrors, rateLimitOf, usedUpMs, messageOf, meantBy };

/** Jira's REST API. */
export class JiraClient {
  readonly #rest: RestClient;

  constructor({ token, email, otherSecrets = [], ...rest }: JiraClientOptions) {
    const pair = Buffer.from(`${email}:${token}`, "utf8").toString("base64");
    const authorization = email === null ? `Bearer ${token}` : `Basic ${pair}`;
    const secrets = [token, pair, ...otherSecrets];
    this.#rest = new RestClient(dialect, { ...rest, authorization, secrets });
  }

  async get(path: string, query: Query, signal: AbortSignal): Promise<Reply> {
    const place = placeOf("GET", path);
    return this.#rest.send({ method: "GET", path, query: pairs(query), place }, signal);
  }

  /** Reads what is asked for in a body: searches, and records by id. */
  async ask(path: string, query: Query, body: Body, signal: AbortSignal): Promise<Reply> {
    const place = placeOf("POST", path);
    return this.#rest.send({ method: "POST", path, query: pairs(query), body, place }, signal);
  }

  async write(
    method: "POST" | "PUT",
    path: string,
    body: Body,
    signal: AbortSignal,
  ): Promise<Reply> {
    return this.#rest.write({ method, path, body, place: placeOf(method, path) }, signal);
  }
}

function pairs(query: Query): [string, string][] {
  return Object.entries(query).map(([name, value]) => [name, String(value)]);
}

/**
 * Cloud answers a login that it does not know as it answers those who have none: with 200 and nothing, or 404. What it
 * says beside that is in this header.
 */
function meantBy(reply: FailedReply): FailedReply {
  const reason = reply.headers["x-seraph-loginreason"] ?? "";
  const isUnknown =
    /AUTHENTICATED_FAILED|AUTHENTICATION_DENIED/.test(reason) && !/\bOK\b/.test(reason);
  if (!isUnknown || reply.status === 429 || reply.status >= 500) return reply;
  return { ...reply, status: 401, message: "it does not know this login" };
}

/** Method and endpoint, as Jira counts bursts: without what differs by record. */
function placeOf(method: string, path: string): string {
  const words = path.split("/").map((word) => (/\d/.test(word) && word.length > 1 ? "*" : word));
  return `${method} ${words.join("/")}`;
}
