import { RestClient } from "@signalbox/http-tracker";
import type { Reply, RestClientOptions, RestDialect, RestOrder } from "@signalbox/http-tracker";
import { gitlabErrors } from "./gitlab-errors.ts";
import { rateLimitOf, usedUpMs } from "./rate-limit.ts";

type Value = string | number | boolean;
/** Lists are written as GitLab wants them: `iids[]=1&iids[]=2`. */
export type Query = Readonly<Record<string, Value | readonly Value[]>>;
export type Body = Readonly<Record<string, Value | readonly Value[]>>;

export interface GitlabClientOptions extends Omit<RestClientOptions, "authorization" | "secrets"> {
  readonly token: string;
  /** Never in an error, beside the token. */
  readonly otherSecrets?: readonly (string | undefined)[];
}

const dialect: RestDialect = { errors: gitlabErrors, rateLimitOf, usedUpMs, messageOf };

/** GitLab's REST API. */
export class GitlabClient {
  readonly #rest: RestClient;

  constructor({ token, otherSecrets = [], ...rest }: GitlabClientOptions) {
    const authorization = `Bearer ${token}`;
    const secrets = [token, ...otherSecrets];
    this.#rest = new RestClient(dialect, { ...rest, authorization, secrets });
  }

  async get(path: string, query: Query, signal: AbortSignal): Promise<Reply> {
    const pairs = Object.entries(query).flatMap(([name, value]): [string, string][] =>
      typeof value === "object"
        ? value.map((one) => [`${name}[]`, String(one)])
        : [[name, String(value)]],
    );
    return this.#rest.send({ method: "GET", path, query: pairs }, signal);
  }

  async write(
    method: RestOrder["method"],
    path: string,
    body: Body,
    signal: AbortSignal,
  ): Promise<Reply> {
    return this.#rest.write({ method, path, body }, signal);
  }
}

/** GitLab says `message` or `error`, as a text or by field; its limits are plain text. */
function messageOf(text: string): string {
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data !== "object" || data === null) return "";
    const said = "message" in data ? data.message : "error" in data ? data.error : "";
    const details = "error_description" in data ? ` ${JSON.stringify(data.error_description)}` : "";
    return (typeof said === "string" ? said : JSON.stringify(said)) + details;
  } catch {
    // An error page of a proxy says nothing that is worth its length.
    return text.trimStart().startsWith("<") ? "" : text.trim();
  }
}
