import { inParallel } from "@signalbox/http-tracker";
import * as v from "valibot";
import type { JiraClient } from "./jira-client.ts";
import { jiraErrors } from "./jira-errors.ts";
import { accountSchema } from "./issue-record.ts";
import type { Account } from "./issue-record.ts";
import type { JiraSite } from "./site.ts";

const knownForMs = 900_000;
/** Data Center searches names by their beginning. */
const mostNames = 1_000;

interface Standing {
  readonly isAssignable: boolean;
  readonly readAt: number;
}

export interface PeopleOptions {
  readonly allowed: "all" | readonly string[];
  readonly now: () => number;
}

/**
 * Whose words count: those who can be assigned issues of the project, as its permissions say, and whom the workflow
 * allows. Who uses the portal of a service project and nothing else is a customer, and never among them.
 */
export class People {
  readonly #client: JiraClient;
  readonly #site: JiraSite;
  readonly #allowed: "all" | ReadonlySet<string>;
  readonly #now: () => number;
  readonly #known = new Map<string, Standing>();

  constructor(client: JiraClient, site: JiraSite, { allowed, now }: PeopleOptions) {
    this.#client = client;
    this.#site = site;
    this.#now = now;
    this.#allowed = allowed === "all" ? "all" : new Set(allowed.map((name) => name.toLowerCase()));
  }

  /** Learns of those who are not known, or not lately: a request for each of them. */
  async load(accounts: readonly (Account | null)[], signal: AbortSignal): Promise<void> {
    const now = this.#now();
    const unknown = new Map<string, Account>();
    for (const account of accounts) {
      if (account === null || this.#isNamed(account) || strangeness(account) !== null) continue;
      const known = this.#known.get(account.id);
      if (known === undefined || Math.abs(now - known.readAt) >= knownForMs) {
        unknown.set(account.id, account);
      }
    }
    await inParallel([...unknown.values()], async (account) => {
      const isAssignable = await this.#isAssignable(account, signal);
      this.#known.set(account.id, { isAssignable, readAt: now });
    });
  }

  /** Nobody is who was not loaded. */
  isInsider(account: Account | null): boolean {
    return this.reasonAgainst(account) === null;
  }

  /** Why an issue of this author must not run; `null`: it may. */
  reasonAgainst(author: Account | null): string | null {
    if (this.#allowed === "all") return null;
    const help = "`allow_authors` can name them";
    if (author === null)
      return "opened by nobody that Jira names; `allow_authors: all` lets it run";
    if (this.#isNamed(author)) return null;
    const who = `opened by ${author.displayName} (${author.name ?? author.id})`;
    const strange = strangeness(author);
    if (strange !== null) return `${who}, ${strange}; ${help}`;
    if (this.#known.get(author.id)?.isAssignable === true) return null;
    return `${who}, who cannot be assigned issues of ${this.#site.project.key}; ${help}`;
  }

  #isNamed({ id, name }: Account): boolean {
    const allowed = this.#allowed;
    if (allowed === "all") return true;
    return [id, name].some((known) => known !== null && allowed.has(known.toLowerCase()));
  }

  async #isAssignable({ id, name }: Account, signal: AbortSignal): Promise<boolean> {
    const path = `${this.#site.api}/user/assignable/search`;
    const project = this.#site.project.key;
    const query = this.#site.isCloud
      ? { project, accountId: id }
      : { project, username: name ?? id, maxResults: mostNames };
    const { data } = await this.#client.get(path, query, signal);
    const found = v.safeParse(v.array(accountSchema), data);
    if (!found.success) throw jiraErrors.payload(`GET ${path}`, found.issues[0].message);
    return found.output.some((account) => account.id === id);
  }
}

/** What an account is that is nobody of the project, whatever its permissions are. */
function strangeness({ type, isActive }: Account): string | null {
  if (type === "customer") return "a customer of the portal";
  if (type === "app") return "an app";
  return isActive ? null : "whose account is closed";
}
