/** How GitHub says who somebody is to a repository. */
const insiders: ReadonlySet<string> = new Set(["OWNER", "MEMBER", "COLLABORATOR"]);

/** Whose words count: those of the project's people, and whom the workflow allows. */
export class AuthorRule {
  readonly #allowed: "all" | ReadonlySet<string>;

  constructor(allowed: "all" | readonly string[]) {
    this.#allowed = allowed === "all" ? "all" : new Set(allowed.map((name) => name.toLowerCase()));
  }

  isAllowed(login: string | null, association: string | null): boolean {
    if (this.#allowed === "all") return true;
    if (association !== null && insiders.has(association)) return true;
    return login !== null && this.#allowed.has(login.toLowerCase());
  }

  /** Why an issue of this author must not run; `null`: it may. */
  reasonAgainst(login: string | null, association: string | null): string | null {
    if (this.isAllowed(login, association)) return null;
    const who = login === null ? "an account that is gone" : `@${login}`;
    const relation = association === null ? "of unknown relation" : association;
    return `opened by ${who} (${relation}), who is not one of the project's people; \`allow_authors\` can name them`;
  }
}
