import { StatusFailure } from "@signalbox/http-tracker";
import * as v from "valibot";
import type { GithubClient } from "./github-client.ts";
import { githubErrors } from "./github-errors.ts";

/** The account that the token belongs to. Tokens of apps and workflows write as bots, whose name GraphQL alone tells. */
export class Viewer {
  readonly #client: GithubClient;
  #login: string | null = null;
  #isApp = false;

  constructor(client: GithubClient) {
    this.#client = client;
  }

  async load(signal: AbortSignal): Promise<void> {
    if (this.#login !== null || this.#isApp) return;
    this.#login = (await this.#user(signal)) ?? (await this.#bot(signal));
    this.#isApp = this.#login === null;
  }

  /** As a comment says that was made just now. */
  learn(login: string): void {
    this.#login ??= login;
  }

  /** Whether what this account wrote is ours; of an app without a name, any bot's with our marker is before it has written. */
  isViewer(login: string | null, type: string | null): boolean {
    if (this.#login !== null) return login?.toLowerCase() === this.#login.toLowerCase();
    return this.#isApp && type === "Bot";
  }

  /** `null`: it is no person's. */
  async #user(signal: AbortSignal): Promise<string | null> {
    try {
      const { data } = await this.#client.get("/user", {}, signal);
      const user = v.safeParse(v.object({ login: v.string() }), data);
      if (user.success) return user.output.login;
    } catch (error) {
      if (isHidden(error)) return null;
      throw error;
    }
    throw githubErrors.payload("GET /user", "it has no login");
  }

  /** `null`: the server has no GraphQL, or does not say. */
  async #bot(signal: AbortSignal): Promise<string | null> {
    try {
      const { data } = await this.#client.query("{viewer{login}}", signal);
      const reply = v.safeParse(viewerSchema, data);
      return reply.success ? reply.output.data.viewer.login : null;
    } catch (error) {
      if (isHidden(error)) return null;
      throw error;
    }
  }
}

const viewerSchema = v.object({
  data: v.object({ viewer: v.object({ login: v.pipe(v.string(), v.minLength(1)) }) }),
});

function isHidden(error: unknown): boolean {
  return error instanceof StatusFailure && (error.status === 403 || error.status === 404);
}
