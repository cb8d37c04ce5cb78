import { trackerError } from "@signalbox/http-tracker";
import * as v from "valibot";
import type { GithubClient } from "./github-client.ts";
import { removeLabel } from "./label-states.ts";
import type { RepositoryPath } from "./repository-path.ts";

export interface ClaimMarks {
  readonly assignee: string | null;
  readonly label: string | null;
}

/** Marks on an issue while a run holds it, for people who look at GitHub. */
export class Claims {
  readonly #client: GithubClient;
  readonly #path: RepositoryPath;
  readonly #marks: ClaimMarks;

  constructor(client: GithubClient, path: RepositoryPath, marks: ClaimMarks) {
    this.#client = client;
    this.#path = path;
    this.#marks = marks;
  }

  /** GitHub drops an assignee without a word who may not be one: that is `tracker_config`. */
  async claim(number: number, signal: AbortSignal): Promise<void> {
    const { assignee, label } = this.#marks;
    if (label !== null) {
      const { data } = await this.#client.write(
        "POST",
        this.#route("labels"),
        { ...this.#path.parameters, issue_number: number, labels: [label] },
        signal,
      );
      if (!names(data).includes(label.toLowerCase())) throw dropped(number, `the label ${label}`);
    }
    if (assignee === null) return;
    const { data } = await this.#client.write(
      "POST",
      this.#route("assignees"),
      { ...this.#path.parameters, issue_number: number, assignees: [assignee] },
      signal,
    );
    const issue = v.safeParse(
      v.object({ assignees: v.array(v.object({ login: v.string() })) }),
      data,
    );
    const logins = issue.success
      ? issue.output.assignees.map(({ login }) => login.toLowerCase())
      : [];
    if (!logins.includes(assignee.toLowerCase())) throw dropped(number, `the assignee ${assignee}`);
  }

  async release(number: number, signal: AbortSignal): Promise<void> {
    const { assignee, label } = this.#marks;
    if (label !== null) await removeLabel(this.#client, this.#path, number, label, signal);
    if (assignee === null) return;
    const parameters = { ...this.#path.parameters, issue_number: number, assignees: [assignee] };
    await this.#client.writeUnlessGone("DELETE", this.#route("assignees"), parameters, signal);
  }

  #route(part: string): string {
    return `${this.#path.template}/issues/{issue_number}/${part}`;
  }
}

function names(data: unknown): readonly string[] {
  const labels = v.safeParse(v.array(v.object({ name: v.string() })), data);
  return labels.success ? labels.output.map(({ name }) => name.toLowerCase()) : [];
}

function dropped(number: number, what: string): Error {
  return trackerError("tracker_config", `GitHub dropped ${what} of #${number}`, {
    remedy: "Name a collaborator of the repository, and give the token write access to its issues.",
  });
}
