import * as v from "valibot";
import { markOfProperties, markOfText } from "./comment-format.ts";
import type { CommentMark } from "./comment-format.ts";
import type { Account } from "./issue-record.ts";
import type { JiraClient } from "./jira-client.ts";
import { jiraErrors } from "./jira-errors.ts";
import type { JiraSite } from "./site.ts";

/** A comment as Jira tells it, cut to what is used. */
export interface CommentRecord {
  readonly id: string;
  /** A document of Cloud, a text of Data Center. */
  readonly body?: unknown;
  readonly author: Account | null;
  readonly created: string;
  readonly updated: string;
}

export interface MarkedComment {
  readonly record: CommentRecord;
  readonly mark: CommentMark;
}

/** Comments in one request. */
const mostAtOnce = 1_000;

const listSchema = v.object({
  values: v.array(
    v.object({
      id: v.string(),
      properties: v.fallback(v.array(v.unknown()), []),
    }),
  ),
});

/** Tells which comments are marked as ours: Cloud keeps the marks beside them, Data Center in their text. */
export class CommentMarks {
  readonly #client: JiraClient;
  readonly #site: JiraSite;

  constructor(client: JiraClient, site: JiraSite) {
    this.#client = client;
    this.#site = site;
  }

  /** Those that have a mark, in their order. */
  async of(
    records: readonly CommentRecord[],
    signal: AbortSignal,
  ): Promise<readonly MarkedComment[]> {
    const marks = this.#site.isCloud
      ? await this.#kept(records, signal)
      : new Map(records.map(({ id, body }) => [id, markOfText(String(body))]));
    return records.flatMap((record) => {
      const mark = marks.get(record.id) ?? null;
      return mark === null ? [] : [{ record, mark }];
    });
  }

  async #kept(
    records: readonly CommentRecord[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, CommentMark | null>> {
    const marks = new Map<string, CommentMark | null>();
    const path = `${this.#site.api}/comment/list`;
    for (let at = 0; at < records.length; at += mostAtOnce) {
      const ids = records.slice(at, at + mostAtOnce).map(({ id }) => Number(id));
      const { data } = await this.#client.ask(path, { expand: "properties" }, { ids }, signal);
      const list = v.safeParse(listSchema, data);
      if (!list.success) throw jiraErrors.payload(`POST ${path}`, list.issues[0].message);
      for (const { id, properties } of list.output.values)
        marks.set(id, markOfProperties(properties));
    }
    return marks;
  }
}
