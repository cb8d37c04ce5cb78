import * as v from "valibot";
import { StatusFailure } from "./github-client.ts";
import type { GithubClient } from "./github-client.ts";
import { payloadError } from "./github-error.ts";

/** The account that the token belongs to. Tokens of apps and workflows have none to ask for: they write as bots. */
export class Viewer {
  readonly #client: GithubClient;
  #login: string | null = null;
  #isApp = false;

  constructor(client: GithubClient) {
    this.#client = client;
  }

  async load(signal: AbortSignal): Promise<void> {
    if (this.#login !== null || this.#isApp) return;
    try {
      const { data } = await this.#client.get("/user", {}, signal);
      const user = v.safeParse(v.object({ login: v.string() }), data);
      if (!user.success) throw payloadError("GET /user", "it has no login");
      this.#login = user.output.login;
    } catch (error) {
      if (!(error instanceof StatusFailure && (error.status === 403 || error.status === 404)))
        throw error;
      this.#isApp = true;
    }
  }

  /** As a comment of ours says. */
  learn(login: string): void {
    this.#login ??= login;
  }

  /** Whether what this account wrote is ours; before an app has written anything, any bot's with our marker is. */
  isViewer(login: string | null, type: string | null): boolean {
    if (this.#login !== null) return login?.toLowerCase() === this.#login.toLowerCase();
    return this.#isApp && type === "Bot";
  }
}
