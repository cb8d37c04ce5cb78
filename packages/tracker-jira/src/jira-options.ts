import { camelKeys, isSafeEndpoint } from "@signalbox/http-tracker";
import * as v from "valibot";
import { rootOf } from "./endpoint.ts";

export type StateSourceName = "status" | "category";

/** Options of the Jira tracker: `tracker.provider` of a workflow file, where the keys are written in snake_case. */
export interface JiraOptions {
  /** The instance: `https://example.atlassian.net`, or the address of a Data Center. https, or http on this machine. */
  readonly endpoint?: string | undefined;
  /** Key of the project. */
  readonly project?: string | undefined;
  /** An API token of Cloud, or a personal access token of Data Center. */
  readonly token?: string | undefined;
  /** Login of the API token. With it, it is basic authentication; without, the token is a bearer's. */
  readonly email?: string | undefined;
  /** Only issues below this one are in scope: an epic, or another parent. */
  readonly epic?: string | undefined;
  /** Only issues that it finds are in scope. Without `ORDER BY`. */
  readonly jql?: string | undefined;
  /** What the state of an issue is: its status, or the category that its status is of. Default `status`. */
  readonly stateSource?: StateSourceName | undefined;
  /** What links say of an issue that waits. Default `is blocked by`; none: nothing is blocked. */
  readonly blockedBy?: readonly string[] | undefined;
  /** Priorities by name, 1 to 4, beside those of Jira's own schemes. */
  readonly priorities?: Readonly<Record<string, number>> | undefined;
  /** Name of the resolution that transitions set where they ask for one. */
  readonly resolution?: string | undefined;
  /** Accounts whose issues and answers count beside those of the project's people, or `all`. */
  readonly allowAuthors?: "all" | readonly string[] | undefined;
  /** Account that is assigned while a run holds an issue that nobody has; `me` is the token's. */
  readonly claimAssignee?: string | undefined;
  /** Label that is there while a run holds the issue. */
  readonly claimLabel?: string | undefined;
  readonly webhookSecret?: string | undefined;
  /** Issues that are done are in scope for so many days after their last change, 1 to 3650. Default 30. */
  readonly doneWithinDays?: number | undefined;
  /** Limit of one request in milliseconds, 100 to 600,000. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Distance of two writes in milliseconds, 0 to 60,000. Default 250. */
  readonly writeIntervalMs?: number | undefined;
}

const text = v.pipe(v.string(), v.trim(), v.minLength(1, "must not be blank"));
const key = v.pipe(
  text,
  v.regex(/^[A-Za-z][A-Za-z0-9_]*$/, "must be a project's key, like ABC"),
  v.toUpperCase(),
);
const issueKey = v.pipe(
  text,
  v.regex(/^[A-Za-z][A-Za-z0-9_]*-\d+$/, "must be an issue's key, like ABC-1"),
  v.toUpperCase(),
);
const urgency = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4));
/** What is in quotes is no order. */
const orderBy = /\border\s+by\b/i;
const withoutQuotes = (jql: string): string =>
  jql.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "");

const schema = v.object({
  endpoint: v.optional(
    v.pipe(
      text,
      v.check(
        isSafeEndpoint,
        "must be an https URL without a login in it, or http on this machine",
      ),
      v.transform(rootOf),
    ),
  ),
  project: v.optional(key),
  token: v.optional(text),
  email: v.optional(v.pipe(text, v.regex(/^[^:]+$/, "must have no colon"))),
  epic: v.optional(issueKey),
  jql: v.optional(
    v.pipe(
      text,
      v.check((jql) => !orderBy.test(withoutQuotes(jql)), "must have no ORDER BY"),
    ),
  ),
  stateSource: v.optional(v.picklist(["status", "category"])),
  blockedBy: v.optional(v.array(text)),
  priorities: v.optional(v.record(text, urgency)),
  resolution: v.optional(text),
  allowAuthors: v.optional(v.union([v.literal("all"), v.array(text)])),
  claimAssignee: v.optional(text),
  claimLabel: v.optional(v.pipe(text, v.regex(/^\S+$/, "must have no blanks"))),
  webhookSecret: v.optional(text),
  doneWithinDays: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3_650))),
  timeoutMs: v.optional(v.pipe(v.number(), v.minValue(100), v.maxValue(600_000))),
  writeIntervalMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(60_000))),
});

const aliases: Readonly<Record<string, string>> = { projectKey: "project", apiKey: "token" };

/** Keys in snake_case or camelCase; `project_key` and `api_key` are other names of `project` and `token`. */
export const jiraOptionsSchema: v.GenericSchema<unknown, JiraOptions> = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform((options) => camelKeys(options, aliases)),
  schema,
);
