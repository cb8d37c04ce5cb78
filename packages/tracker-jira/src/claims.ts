import { isSameState, StatusFailure, trackerError } from "@signalbox/http-tracker";
import type { JiraClient } from "./jira-client.ts";
import type { IssueRecord } from "./issue-record.ts";
import type { JiraSite } from "./site.ts";
import type { Viewer } from "./viewer.ts";

interface ClaimMarks {
  /** An account, or `me`. */
  readonly assignee: string | null;
  readonly label: string | null;
}

export interface ClaimParts {
  readonly client: JiraClient;
  readonly site: JiraSite;
  readonly viewer: Viewer;
  readonly marks: ClaimMarks;
  /** Reads an issue anew. */
  readonly read: (id: string, signal: AbortSignal) => Promise<IssueRecord>;
}

interface Marks {
  readonly label: "add" | "remove" | null;
  /** Id of an account, or `null`: nobody. */
  readonly assignee?: string | null;
}

/** Marks on an issue while a run holds it, for people who look at Jira. */
export class Claims {
  readonly #parts: ClaimParts;

  constructor(parts: ClaimParts) {
    this.#parts = parts;
  }

  /** An issue that somebody has stays theirs. A mark that Jira refuses, or drops, is `tracker_config`. */
  async claim(record: IssueRecord, signal: AbortSignal): Promise<void> {
    const { label } = this.#parts.marks;
    const ours = await this.#assignee(signal);
    const isFree = record.assignee === null && ours !== null;
    const marks: Marks = {
      label: label === null || hasLabel(record, label) ? null : "add",
      ...(isFree ? { assignee: ours } : {}),
    };
    if (!(await this.#write(record, marks, signal))) return;
    const after = await this.#parts.read(record.id, signal);
    if (label !== null && !hasLabel(after, label)) throw dropped(record, `the label ${label}`);
    if (isFree && !isAccount(after, ours)) throw dropped(record, `the assignee ${ours}`);
  }

  async release(record: IssueRecord, signal: AbortSignal): Promise<void> {
    const { label } = this.#parts.marks;
    const ours = await this.#assignee(signal);
    const marks: Marks = {
      label: label !== null && hasLabel(record, label) ? "remove" : null,
      ...(ours !== null && isAccount(record, ours) ? { assignee: null } : {}),
    };
    await this.#write(record, marks, signal);
  }

  async #assignee(signal: AbortSignal): Promise<string | null> {
    const { marks, viewer, site } = this.#parts;
    if (marks.assignee !== "me") return marks.assignee;
    const { id, name } = await viewer.account(signal);
    return site.isCloud ? id : (name ?? id);
  }

  /** Whether there was anything to write. */
  async #write(record: IssueRecord, marks: Marks, signal: AbortSignal): Promise<boolean> {
    const { client, site, marks: names } = this.#parts;
    const assignee = marks.assignee;
    if (marks.label === null && assignee === undefined) return false;
    const account = site.isCloud ? { accountId: assignee } : { name: assignee };
    const body = {
      ...(marks.label === null ? {} : { update: { labels: [{ [marks.label]: names.label }] } }),
      ...(assignee === undefined ? {} : { fields: { assignee: account } }),
    };
    try {
      await client.write("PUT", `${site.api}/issue/${record.id}`, body, signal);
      return true;
    } catch (error) {
      if (!(error instanceof StatusFailure && error.status === 400)) throw error;
      throw trackerError("tracker_config", error.message, {
        remedy:
          "Name an account that can be assigned in `claim_assignee`; put Labels and Assignee on the project's edit screen.",
      });
    }
  }
}

function hasLabel({ labels }: IssueRecord, label: string): boolean {
  return labels.some((name) => isSameState(name, label));
}

function isAccount({ assignee }: IssueRecord, id: string): boolean {
  return assignee !== null && [assignee.id, assignee.name].includes(id);
}

function dropped({ key }: IssueRecord, what: string): Error {
  return trackerError("tracker_config", `Jira dropped ${what} of ${key}`, {
    remedy: "Look for an automation or a workflow function that takes it away.",
  });
}
