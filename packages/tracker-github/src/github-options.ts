import { camelKeys, isSafeEndpoint } from "@signalbox/http-tracker";
import * as v from "valibot";
import { readRepositoryName } from "./repository-name.ts";

export type StateSourceName = "labels" | "project" | "open-closed";

export interface ProjectOption {
  /** Login of the user or organization that the project belongs to. */
  readonly owner: string;
  readonly number: number;
  /** Single-select field. Default `Status`. */
  readonly field: string;
}

/** Options of the GitHub tracker: `tracker.provider` of a workflow file, where the keys are written in snake_case. */
export interface GithubOptions {
  /** `owner/name`, or a GitHub URL. Default: the `origin` remote of the repository that agents work on. */
  readonly repository?: string | undefined;
  readonly token?: string | undefined;
  /** Root of the REST API, https, or http on this machine. Default `https://api.github.com`. */
  readonly endpoint?: string | undefined;
  /** What an open issue's state is read from. Default `labels`. */
  readonly stateSource?: StateSourceName | undefined;
  /** Default `status:`. */
  readonly labelPrefix?: string | undefined;
  /** Of several status labels of one issue the first of these counts. Default: the most advanced first. */
  readonly stateOrder?: readonly string[] | undefined;
  readonly project?: ProjectOption | undefined;
  /** Names of the two states that closing an issue gives it. Default `done` and `canceled`. */
  readonly closing?: { readonly completed?: string; readonly notPlanned?: string } | undefined;
  /** Default `labels`; the project's field needs `project`. */
  readonly prioritySource?: "labels" | "project" | undefined;
  /** Field of the project, for `prioritySource: project`. Default `Priority`. */
  readonly priorityField?: string | undefined;
  /** Logins whose issues and answers count beside those of the project's people, or `all`. */
  readonly allowAuthors?: "all" | readonly string[] | undefined;
  /** An issue waits for its open sub-issues. Default `false`. */
  readonly subIssues?: boolean | undefined;
  /** Login that is assigned while a run holds the issue. */
  readonly claimAssignee?: string | undefined;
  /** Label that is there while a run holds the issue. */
  readonly claimLabel?: string | undefined;
  readonly webhookSecret?: string | undefined;
  /** Closed issues are in scope for so many days after their last change, 1 to 3650. Default 30. */
  readonly closedWithinDays?: number | undefined;
  /** Limit of one request in milliseconds, 100 to 600,000. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Distance of two writes in milliseconds, 0 to 60,000. Default 1,000, as GitHub asks for. */
  readonly writeIntervalMs?: number | undefined;
}

export const defaultEndpoint = "https://api.github.com";

const text = v.pipe(v.string(), v.trim(), v.minLength(1, "must not be blank"));
const login = v.pipe(
  text,
  v.transform((name) => name.replace(/^@/, "")),
);

const endpoint = v.pipe(
  text,
  v.check(isSafeEndpoint, "must be an https URL without a login in it, or http on this machine"),
  v.transform((url) => url.replace(/\/+$/, "")),
);

const schema = v.pipe(
  v.object({
    repository: v.optional(
      v.pipe(
        text,
        v.check((name) => readRepositoryName(name) !== null, "must be `owner/name`"),
      ),
    ),
    token: v.optional(text),
    endpoint: v.optional(endpoint),
    stateSource: v.optional(v.picklist(["labels", "project", "open-closed"])),
    labelPrefix: v.optional(text),
    stateOrder: v.optional(v.array(text)),
    project: v.optional(
      v.object({
        owner: login,
        number: v.pipe(v.number(), v.integer(), v.minValue(1)),
        field: v.optional(text, "Status"),
      }),
    ),
    closing: v.optional(
      v.object({ completed: v.exactOptional(text), notPlanned: v.exactOptional(text) }),
    ),
    prioritySource: v.optional(v.picklist(["labels", "project"])),
    priorityField: v.optional(text),
    allowAuthors: v.optional(v.union([v.literal("all"), v.array(login)])),
    subIssues: v.optional(v.boolean()),
    claimAssignee: v.optional(login),
    claimLabel: v.optional(text),
    webhookSecret: v.optional(text),
    closedWithinDays: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(3_650))),
    timeoutMs: v.optional(v.pipe(v.number(), v.minValue(100), v.maxValue(600_000))),
    writeIntervalMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(60_000))),
  }),
  v.check(
    ({ stateSource, prioritySource, project }) =>
      project !== undefined || (stateSource !== "project" && prioritySource !== "project"),
    "`project: {owner, number}` is needed to read states or priorities from a project",
  ),
);

/** Keys in snake_case or camelCase; `repo` and `api_key` are other names of `repository` and `token`. */
export const githubOptionsSchema: v.GenericSchema<unknown, GithubOptions> = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform(named),
  schema,
);

const aliases: Readonly<Record<string, string>> = { repo: "repository", apiKey: "token" };
const keysInside: ReadonlySet<string> = new Set(["project", "closing"]);

function named(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const inside = Object.entries(camelKeys(options, aliases)).map(([key, value]) => [
    key,
    keysInside.has(key) && isRecord(value) ? camelKeys(value, {}) : value,
  ]);
  const { owner, ...rest }: Record<string, unknown> = Object.fromEntries(inside);
  const { repository } = rest;
  const isBareName = typeof repository === "string" && /^[\w.-]+$/.test(repository);
  if (typeof owner === "string" && isBareName)
    return { ...rest, repository: `${owner}/${repository}` };
  return owner === undefined ? rest : { ...rest, owner };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
