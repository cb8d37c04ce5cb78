import { foldState, isSameState, noStatus } from "@signalbox/http-tracker";
import * as v from "valibot";
import type { GithubClient } from "./github-client.ts";
import type { IssueRecord } from "./issue-record.ts";
import { readPages } from "./read-pages.ts";
import type { RepositoryPath } from "./repository-path.ts";
import type { StateSource } from "./state-source.ts";

/** States as labels with a prefix: `status:todo`. */
export class LabelStates implements StateSource {
  readonly isBesideIssues: boolean = false;
  readonly unnamed: string = noStatus;
  readonly remedy: string;
  readonly #client: GithubClient;
  readonly #path: RepositoryPath;
  readonly #prefix: string;
  readonly #rank: ReadonlyMap<string, number>;
  /** Where issues are moved to, by their numbers: between two writes they have the old label, too. */
  readonly #underWay = new Map<number, string>();

  constructor(
    client: GithubClient,
    path: RepositoryPath,
    options: { readonly prefix: string; readonly order: readonly string[] },
  ) {
    this.#client = client;
    this.#path = path;
    this.#prefix = options.prefix;
    this.#rank = new Map(options.order.map((name, at) => [foldState(name), at]));
    this.remedy = `Make the label, for example with \`signalbox init --create-labels\`, or correct \`tracker.states\`.`;
  }

  async refresh(): Promise<void> {
    // Everything is in the issue.
  }

  stateOf({ number, labels }: IssueRecord): { name: string; problem: string | null } | null {
    const names = labels.flatMap((label) => this.#nameOf(label) ?? []);
    const target = this.#underWay.get(number);
    const reached = names.find((name) => target !== undefined && isSameState(name, target));
    if (reached !== undefined) return { name: reached, problem: null };
    const [first, ...others] = names.toSorted((a, b) => this.#rankOf(a) - this.#rankOf(b));
    if (first === undefined) return null;
    const problem =
      others.length === 0
        ? null
        : `it has ${names.length} status labels (${names.join(", ")}); ${first} counts`;
    return { name: first, problem };
  }

  async names(signal: AbortSignal): Promise<readonly string[]> {
    const { records } = await readPages(
      this.#client,
      `${this.#path.template}/labels`,
      this.#path.parameters,
      signal,
    );
    return records.flatMap((record) => {
      const label = v.safeParse(labelSchema, record);
      return (label.success ? this.#nameOf(label.output.name) : null) ?? [];
    });
  }

  async set(record: IssueRecord, name: string, signal: AbortSignal): Promise<void> {
    if (this.#labelsOf(record).some(([, state]) => isSameState(state, name))) return;
    const labels = [`${this.#prefix}${name}`];
    const route = `${this.#path.template}/issues/{issue_number}/labels`;
    const parameters = { ...this.#path.parameters, issue_number: record.number, labels };
    await this.#client.write("POST", route, parameters, signal);
  }

  async clear(record: IssueRecord, keep: string, signal: AbortSignal): Promise<void> {
    for (const [label, state] of this.#labelsOf(record)) {
      if (isSameState(state, keep)) continue;
      await removeLabel(this.#client, this.#path, record.number, label, signal);
    }
  }

  underWay(issueNumber: number, name: string): Disposable {
    this.#underWay.set(issueNumber, name);
    return { [Symbol.dispose]: () => void this.#underWay.delete(issueNumber) };
  }

  isOwnLabel(label: string): boolean {
    return this.#nameOf(label) !== null;
  }

  #labelsOf({ labels }: IssueRecord): readonly (readonly [label: string, state: string])[] {
    return labels.flatMap((label) => {
      const name = this.#nameOf(label);
      return name === null ? [] : [[label, name] as const];
    });
  }

  #nameOf(label: string): string | null {
    if (!label.toLowerCase().startsWith(this.#prefix.toLowerCase())) return null;
    const name = label.slice(this.#prefix.length).trim();
    return name === "" ? null : name;
  }

  #rankOf(name: string): number {
    return this.#rank.get(foldState(name)) ?? this.#rank.size;
  }
}

const labelSchema = v.object({ name: v.string() });

/** A label that is not there any more is as good as removed. */
export async function removeLabel(
  client: GithubClient,
  path: RepositoryPath,
  issueNumber: number,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const route = `${path.template}/issues/{issue_number}/labels/{name}`;
  await client.writeUnlessGone(
    "DELETE",
    route,
    { ...path.parameters, issue_number: issueNumber, name },
    signal,
  );
}
