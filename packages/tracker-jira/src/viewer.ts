import * as v from "valibot";
import type { JiraClient } from "./jira-client.ts";
import { jiraErrors } from "./jira-errors.ts";
import { accountSchema } from "./issue-record.ts";
import type { Account } from "./issue-record.ts";
import type { JiraSite } from "./site.ts";

/** The account that the token belongs to. */
export class Viewer {
  readonly #client: JiraClient;
  readonly #site: JiraSite;
  #account: Account | null = null;

  constructor(client: JiraClient, site: JiraSite) {
    this.#client = client;
    this.#site = site;
  }

  async account(signal: AbortSignal): Promise<Account> {
    if (this.#account !== null) return this.#account;
    const path = `${this.#site.api}/myself`;
    const { data } = await this.#client.get(path, {}, signal);
    const user = v.safeParse(accountSchema, data);
    if (!user.success) throw jiraErrors.payload(`GET ${path}`, user.issues[0].message);
    this.#account = user.output;
    return user.output;
  }
}
