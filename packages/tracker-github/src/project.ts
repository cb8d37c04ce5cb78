import { trackerError } from "@signalbox/http-tracker";
import * as v from "valibot";
import type { GithubClient, Parameters } from "./github-client.ts";
import { githubErrors } from "./github-errors.ts";
import type { ProjectOption } from "./github-options.ts";
import { readPages } from "./read-pages.ts";
import type { RepositoryPath } from "./repository-path.ts";

/** A single-select field of a project. */
export interface ProjectField {
  readonly id: number;
  readonly name: string;
  readonly options: readonly { readonly id: string; readonly name: string }[];
}

interface ProjectItem {
  readonly id: number;
  /** Names of options by the folded name of the field. */
  readonly values: ReadonlyMap<string, string>;
}

const text = v.union([
  v.string(),
  v.pipe(
    v.object({ raw: v.string() }),
    v.transform(({ raw }) => raw),
  ),
]);
const fieldSchema = v.object({
  id: v.number(),
  name: v.string(),
  data_type: v.literal("single_select"),
  options: v.array(v.object({ id: v.string(), name: text })),
});
const itemSchema = v.object({
  id: v.number(),
  archived_at: v.optional(v.nullable(v.string()), null),
  content: v.object({ number: v.number(), repository_url: v.string() }),
  fields: v.optional(v.array(v.unknown()), []),
});
const valueSchema = v.object({ name: v.string(), value: v.object({ name: text }) });

/** A project of GitHub's (Projects v2) over REST: its single-select fields, and their values for one repository's issues. */
export class Project {
  readonly #client: GithubClient;
  readonly #path: RepositoryPath;
  readonly #option: ProjectOption;
  readonly #wanted: readonly string[];
  #owner: "orgs" | "users" | null = null;
  #items: ReadonlyMap<number, ProjectItem> = new Map();

  /** `wanted`: names of the fields whose values are read. */
  constructor(
    client: GithubClient,
    path: RepositoryPath,
    option: ProjectOption,
    wanted: readonly string[],
  ) {
    this.#client = client;
    this.#path = path;
    this.#option = option;
    this.#wanted = wanted.map((name) => name.toLowerCase());
  }

  /** Reads all items: one page a hundred, and pages that have not changed cost no quota. */
  async refresh(signal: AbortSignal): Promise<void> {
    const ids = (await this.fields(signal))
      .filter(({ name }) => this.#wanted.includes(name.toLowerCase()))
      .map(({ id }) => id);
    const records = await this.#list("items", { fields: ids.join(",") }, signal);
    const items = new Map<number, ProjectItem>();
    for (const record of records) {
      const item = v.safeParse(itemSchema, record);
      // Drafts, pull requests without a repository, and issues of others.
      if (!item.success || !this.#isOurs(item.output.content.repository_url)) continue;
      if (item.output.archived_at !== null) continue;
      const values = item.output.fields.flatMap((field) => {
        const value = v.safeParse(valueSchema, field);
        return value.success
          ? [[value.output.name.toLowerCase(), value.output.value.name] as const]
          : [];
      });
      items.set(item.output.content.number, { id: item.output.id, values: new Map(values) });
    }
    this.#items = items;
  }

  valueOf(issueNumber: number, fieldName: string): string | null {
    return this.#items.get(issueNumber)?.values.get(fieldName.toLowerCase()) ?? null;
  }

  /** Its single-select fields. */
  async fields(signal: AbortSignal): Promise<readonly ProjectField[]> {
    const records = await this.#list("fields", {}, signal);
    return records.flatMap((record) => {
      const field = v.safeParse(fieldSchema, record);
      return field.success ? field.output : [];
    });
  }

  /** Sets a field of the issue's item. An issue that is not in the project is `tracker_config`. */
  async write(
    issueNumber: number,
    field: ProjectField,
    optionId: string,
    signal: AbortSignal,
  ): Promise<void> {
    const item = this.#items.get(issueNumber);
    if (item === undefined) {
      const { owner, number } = this.#option;
      throw trackerError(
        "tracker_config",
        `#${issueNumber} is not in the project ${owner}/${number}`,
        {
          remedy: "Add the issue to the project, by hand or by one of the project's workflows.",
        },
      );
    }
    const { route, parameters } = await this.#routeOf("items/{item_id}", signal);
    const fields = [{ id: field.id, value: optionId }];
    await this.#client.write("PATCH", route, { ...parameters, item_id: item.id, fields }, signal);
  }

  async #list(
    part: "fields" | "items",
    query: Parameters,
    signal: AbortSignal,
  ): Promise<readonly unknown[]> {
    const { route, parameters } = await this.#routeOf(part, signal);
    const options = { hasCursorsOnly: true };
    const pages = await readPages(
      this.#client,
      route,
      { ...parameters, ...query },
      signal,
      options,
    );
    return pages.records;
  }

  async #routeOf(
    part: string,
    signal: AbortSignal,
  ): Promise<{ readonly route: string; readonly parameters: Parameters }> {
    this.#owner ??= await this.#kindOfOwner(signal);
    const { owner, number } = this.#option;
    return {
      route: `/${this.#owner}/{project_owner}/projectsV2/{project_number}/${part}`,
      parameters: { project_owner: owner, project_number: number },
    };
  }

  async #kindOfOwner(signal: AbortSignal): Promise<"orgs" | "users"> {
    const { owner } = this.#option;
    const reply = await this.#client.find("/users/{username}", { username: owner }, signal);
    if (reply === null) {
      throw trackerError("tracker_config", `GitHub knows no user or organization ${owner}`, {
        remedy: "Correct `tracker.provider.project.owner`.",
      });
    }
    const account = v.safeParse(v.object({ type: v.string() }), reply.data);
    if (!account.success) throw githubErrors.payload("GET /users/{username}", "it names no type");
    return account.output.type === "Organization" ? "orgs" : "users";
  }

  #isOurs(repositoryUrl: string): boolean {
    return repositoryUrl.toLowerCase().endsWith(`/repos/${this.#path.fullName}`.toLowerCase());
  }
}
