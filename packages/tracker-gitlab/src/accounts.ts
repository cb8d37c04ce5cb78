import { StatusFailure, trackerError } from "@signalbox/http-tracker";
import * as v from "valibot";
import type { GitlabClient } from "./gitlab-client.ts";
import { gitlabErrors } from "./gitlab-errors.ts";
import { accountSchema } from "./issue-record.ts";
import type { Account } from "./issue-record.ts";

/** As GitLab names the accounts of access tokens, and its own. */
const botName =
  /^(?:project|group)_\d+_bot(?:_|\d|$)|^service_account_|^(?:alert|support|security|automation|migration)-bot|^GitLab-\w+-Bot/i;

/** Accounts of the instance: the token's own, those behind user names, and which are no people's. */
export class Accounts {
  readonly #client: GitlabClient;
  readonly #bots = new Map<number, boolean>();
  readonly #named = new Map<string, number>();
  #viewer: Account | null = null;

  constructor(client: GitlabClient) {
    this.#client = client;
  }

  /** The account that the token belongs to. */
  async viewer(signal: AbortSignal): Promise<Account> {
    if (this.#viewer !== null) return this.#viewer;
    const { data } = await this.#client.get("/user", {}, signal);
    const user = v.safeParse(accountSchema, data);
    if (!user.success) throw gitlabErrors.payload("GET /user", user.issues[0].message);
    this.#viewer = user.output;
    return user.output;
  }

  /** Whether no person writes as this account. What GitLab does not tell is taken for a person. */
  async isBot({ id, username }: Account, signal: AbortSignal): Promise<boolean> {
    if (botName.test(username)) return true;
    const known = this.#bots.get(id);
    if (known !== undefined) return known;
    const isBot = await this.#readBot(id, signal);
    this.#bots.set(id, isBot);
    return isBot;
  }

  /** Rejects with `tracker_config` where nobody has the name. */
  async idOf(username: string, signal: AbortSignal): Promise<number> {
    const known = this.#named.get(username);
    if (known !== undefined) return known;
    const { data } = await this.#client.get("/users", { username }, signal);
    const users = v.safeParse(v.array(accountSchema), data);
    if (!users.success) throw gitlabErrors.payload("GET /users", users.issues[0].message);
    const [user] = users.output;
    if (user === undefined) {
      throw trackerError("tracker_config", `GitLab knows nobody called ${username}`, {
        remedy: "Correct `tracker.provider.claim_assignee`.",
      });
    }
    this.#named.set(username, user.id);
    return user.id;
  }

  async #readBot(id: number, signal: AbortSignal): Promise<boolean> {
    try {
      const { data } = await this.#client.get(`/users/${id}`, {}, signal);
      const user = v.safeParse(v.object({ bot: v.boolean() }), data);
      return user.success && user.output.bot;
    } catch (error) {
      if (error instanceof StatusFailure && [403, 404].includes(error.status)) return false;
      throw error;
    }
  }
}
