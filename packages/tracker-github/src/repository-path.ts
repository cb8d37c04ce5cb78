import type { RepositoryName } from "./repository-name.ts";

/** The start of a repository's routes, and what fills it in. */
export interface RepositoryPath {
  readonly template: "/repos/{owner}/{repo}";
  readonly parameters: { readonly owner: string; readonly repo: string };
  /** `owner/name`, as it is written. */
  readonly fullName: string;
}

export function pathOf({ owner, name }: RepositoryName): RepositoryPath {
  return {
    template: "/repos/{owner}/{repo}",
    parameters: { owner, repo: name },
    fullName: `${owner}/${name}`,
  };
}
