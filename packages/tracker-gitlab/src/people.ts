import * as v from "valibot";
import type { GitlabClient } from "./gitlab-client.ts";
import { gitlabErrors } from "./gitlab-errors.ts";
import type { Account } from "./issue-record.ts";
import { readPages } from "./read-pages.ts";

/** Reporter: who has it was let in, and may set labels. */
const insiderLevel = 20;
const knownForMs = 300_000;
const mostAtOnce = 100;

const memberSchema = v.object({ id: v.number(), access_level: v.number() });

interface Membership {
  readonly level: number;
  readonly readAt: number;
}

/** Whose words count: those of the project's people, and whom the workflow allows. */
export class People {
  readonly #client: GitlabClient;
  readonly #project: string;
  readonly #allowed: "all" | ReadonlySet<string>;
  readonly #now: () => number;
  readonly #members = new Map<number, Membership>();

  constructor(
    client: GitlabClient,
    project: string,
    options: { readonly allowed: "all" | readonly string[]; readonly now: () => number },
  ) {
    this.#client = client;
    this.#project = project;
    this.#now = options.now;
    this.#allowed =
      options.allowed === "all"
        ? "all"
        : new Set(options.allowed.map((name) => name.toLowerCase()));
  }

  /** Learns of those who are not known, or not lately: a request per hundred of them. */
  async load(accounts: readonly (Account | null)[], signal: AbortSignal): Promise<void> {
    const now = this.#now();
    const unknown = new Set<number>();
    for (const account of accounts) {
      if (account === null || this.#isNamed(account)) continue;
      const known = this.#members.get(account.id);
      if (known === undefined || Math.abs(now - known.readAt) >= knownForMs)
        unknown.add(account.id);
    }
    const ids = [...unknown];
    for (let at = 0; at < ids.length; at += mostAtOnce) {
      await this.#read(ids.slice(at, at + mostAtOnce), now, signal);
    }
  }

  /** Nobody is who was not loaded. */
  isInsider(account: Account | null): boolean {
    if (this.#allowed === "all") return true;
    if (account === null) return false;
    return this.#isNamed(account) || (this.#members.get(account.id)?.level ?? 0) >= insiderLevel;
  }

  /** Why an issue of this author must not run; `null`: it may. */
  reasonAgainst(author: Account | null): string | null {
    if (this.isInsider(author)) return null;
    const who = author === null ? "an account that is gone" : `@${author.username}`;
    return `opened by ${who}, who is not a member of the project with the role Reporter or higher; \`allow_authors\` can name them`;
  }

  #isNamed({ username }: Account): boolean {
    return this.#allowed === "all" || this.#allowed.has(username.toLowerCase());
  }

  async #read(ids: readonly number[], readAt: number, signal: AbortSignal): Promise<void> {
    const path = `${this.#project}/members/all`;
    const { records } = await readPages(this.#client, path, { user_ids: ids }, signal);
    const levels = new Map<number, number>();
    for (const record of records) {
      const member = v.safeParse(memberSchema, record);
      if (!member.success) throw gitlabErrors.payload(`GET ${path}`, member.issues[0].message);
      const { id, access_level: level } = member.output;
      levels.set(id, Math.max(level, levels.get(id) ?? 0));
    }
    for (const id of ids) this.#members.set(id, { level: levels.get(id) ?? 0, readAt });
  }
}
