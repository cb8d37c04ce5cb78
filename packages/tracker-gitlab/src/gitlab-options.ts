import { camelKeys, isSafeEndpoint } from "@signalbox/http-tracker";
import * as v from "valibot";
import { rootOf } from "./endpoint.ts";
import { readProjectName } from "./project-name.ts";

export type StateSourceName = "labels" | "open-closed";

/** Options of the GitLab tracker: `tracker.provider` of a workflow file, where the keys are written in snake_case. */
export interface GitlabOptions {
  /** `group/project`, its number, or its URL. Default: the `origin` remote of the repository that agents work on. */
  readonly project?: string | undefined;
  readonly token?: string | undefined;
  /** The instance, https, or http on this machine. Default `https://gitlab.com`. */
  readonly endpoint?: string | undefined;
  /** What an open issue's state is read from. Default `labels`. */
  readonly stateSource?: StateSourceName | undefined;
  /** Default `status::`, a scoped label; a plain prefix will do. */
  readonly labelPrefix?: string | undefined;
  /** Of several status labels of one issue the first of these counts. Default: the most advanced first. */
  readonly stateOrder?: readonly string[] | undefined;
  /** Names of the states of closed issues. Default `done` and `canceled`. */
  readonly closing?: { readonly completed?: string; readonly canceled?: string } | undefined;
  /** Default `labels`; a weight of 1 to 4 is a priority as it is. */
  readonly prioritySource?: "labels" | "weight" | undefined;
  /** Issue links that block are read. Default `true`; without them nothing is blocked. */
  readonly blockers?: boolean | undefined;
  /** User names whose issues and answers count beside those of the project's people, or `all`. */
  readonly allowAuthors?: "all" | readonly string[] | undefined;
  /** User name that is assigned while a run holds the issue. */
  readonly claimAssignee?: string | undefined;
  /** Label that is there while a run holds the issue. */
  readonly claimLabel?: string | undefined;
  readonly webhookSecret?: string | undefined;
  /** Closed issues are in scope for so many days after their last change, 1 to 3650. Default 30. */
  readonly closedWithinDays?: number | undefined;
  /** Limit of one request in milliseconds, 100 to 600,000. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Distance of two writes in milliseconds, 0 to 60,000. Default 250. */
  readonly writeIntervalMs?: number | undefined;
}

const text = v.pipe(v.string(), v.trim(), v.minLength(1, "must not be blank"));
const userName = v.pipe(
  text,
  v.transform((name) => name.replace(/^@/, "")),
);
/** GitLab takes lists of labels with commas between them. */
const label = v.pipe(text, v.regex(/^[^,]+$/, "must have no comma"));

const schema = v.object({
  project: v.optional(
    v.pipe(
      v.union([text, v.pipe(v.number(), v.integer(), v.minValue(1), v.transform(String))]),
      v.check((name) => readProjectName(name) !== null, "must be `group/project`"),
    ),
  ),
  token: v.optional(text),
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
  stateSource: v.optional(v.picklist(["labels", "open-closed"])),
  labelPrefix: v.optional(label),
  stateOrder: v.optional(v.array(text)),
  closing: v.optional(
    v.object({ completed: v.exactOptional(label), canceled: v.exactOptional(label) }),
  ),
  prioritySource: v.optional(v.picklist(["labels", "weight"])),
  blockers: v.optional(v.boolean()),
  allowAuthors: v.optional(v.union([v.literal("all"), v.array(userName)])),
  claimAssignee: v.optional(userName),
  claimLabel: v.optional(label),
  webhookSecret: v.optional(text),
  closedWithinDays: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(3_650))),
  timeoutMs: v.optional(v.pipe(v.number(), v.minValue(100), v.maxValue(600_000))),
  writeIntervalMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(60_000))),
});

const aliases: Readonly<Record<string, string>> = { repository: "project", apiKey: "token" };

/** Keys in snake_case or camelCase; `repository` and `api_key` are other names of `project` and `token`. */
export const gitlabOptionsSchema: v.GenericSchema<unknown, GitlabOptions> = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform((options) => camelKeys(options, aliases)),
  schema,
);
