import { isSameState, trackerError } from "@signalbox/http-tracker";
import type { Accounts } from "./accounts.ts";
import type { GitlabClient } from "./gitlab-client.ts";
import { readIssue } from "./issue-record.ts";
import type { IssueRecord } from "./issue-record.ts";

export interface ClaimMarks {
  readonly assignee: string | null;
  readonly label: string | null;
}

/** Marks on an issue while a run holds it, for people who look at GitLab. */
export class Claims {
  readonly #client: GitlabClient;
  readonly #project: string;
  readonly #accounts: Accounts;
  readonly #marks: ClaimMarks;

  constructor(client: GitlabClient, project: string, accounts: Accounts, marks: ClaimMarks) {
    this.#client = client;
    this.#project = project;
    this.#accounts = accounts;
    this.#marks = marks;
  }

  /** GitLab drops an assignee or a label without a word where it may not be set: that is `tracker_config`. */
  async claim(record: IssueRecord, signal: AbortSignal): Promise<void> {
    const { label, assignee } = this.#marks;
    const id = assignee === null ? null : await this.#accounts.idOf(assignee, signal);
    const ids = record.assignees.map((account) => account.id);
    const body = {
      ...(label === null || hasLabel(record, label) ? {} : { add_labels: label }),
      ...(id === null || ids.includes(id) ? {} : { assignee_ids: [...ids, id] }),
    };
    const after = await this.#write(record, body, signal);
    if (label !== null && !hasLabel(after, label)) throw dropped(record.iid, `the label ${label}`);
    if (id !== null && !after.assignees.some((account) => account.id === id)) {
      throw dropped(record.iid, `the assignee ${assignee}`);
    }
  }

  async release(record: IssueRecord, signal: AbortSignal): Promise<void> {
    const { label, assignee } = this.#marks;
    const ids = record.assignees.map((account) => account.id);
    const id = assignee === null ? null : await this.#accounts.idOf(assignee, signal);
    const left = ids.filter((other) => other !== id);
    const body = {
      ...(label === null || !hasLabel(record, label) ? {} : { remove_labels: label }),
      // 0 is nobody.
      ...(left.length === ids.length ? {} : { assignee_ids: left.length === 0 ? [0] : left }),
    };
    await this.#write(record, body, signal);
  }

  async #write(
    record: IssueRecord,
    body: Readonly<Record<string, string | readonly number[]>>,
    signal: AbortSignal,
  ): Promise<IssueRecord> {
    if (Object.keys(body).length === 0) return record;
    const path = `${this.#project}/issues/${record.iid}`;
    const reading = readIssue((await this.#client.write("PUT", path, body, signal)).data);
    return reading.kind === "issue" ? reading.record : record;
  }
}

function hasLabel({ labels }: IssueRecord, label: string): boolean {
  return labels.some((name) => isSameState(name, label));
}

function dropped(iid: number, what: string): Error {
  return trackerError("tracker_config", `GitLab dropped ${what} of #${iid}`, {
    remedy:
      "Name a member of the project; where an issue has one assignee at most, use `claim_label`.",
  });
}
