import { StatusFailure, trackerError } from "@signalbox/http-tracker";
import * as v from "valibot";
import type { JiraClient } from "./jira-client.ts";
import { jiraErrors } from "./jira-errors.ts";

const word = v.pipe(v.string(), v.trim(), v.minLength(1));
const serverSchema = v.object({
  baseUrl: v.pipe(v.string(), v.regex(/^https?:\/\//), v.url()),
  deploymentType: v.optional(v.string(), "Server"),
});
const projectSchema = v.pipe(
  v.object({ id: word, key: word, projectTypeKey: v.fallback(v.optional(v.string(), ""), "") }),
  v.transform(({ id, key, projectTypeKey }) => ({
    id,
    key,
    hasCustomers: projectTypeKey === "service_desk",
  })),
);

export interface JiraProject {
  readonly id: string;
  readonly key: string;
  /** It is a service project: what it shows to customers is told apart from what it does not. */
  readonly hasCustomers: boolean;
}

/** An instance and a project on it. */
export interface JiraSite {
  readonly isCloud: boolean;
  /** Path of the API below the root: its third version is Cloud's alone. */
  readonly api: string;
  /** Where people see it, which may be elsewhere than the API. No slash at its end. */
  readonly url: string;
  readonly project: JiraProject;
}

/** Asks what kind of Jira it is, and for the project. Rejects with `tracker_config` where that is not to be seen. */
export async function openSite(
  client: JiraClient,
  key: string,
  signal: AbortSignal,
): Promise<JiraSite> {
  const path = "/rest/api/2/serverInfo";
  const { data } = await client.get(path, {}, signal);
  const server = v.safeParse(serverSchema, data);
  if (!server.success) throw jiraErrors.payload(`GET ${path}`, server.issues[0].message);
  const { baseUrl, deploymentType } = server.output;
  const isCloud = deploymentType.toLowerCase() === "cloud";
  const api = `/rest/api/${isCloud ? 3 : 2}`;
  const project = await readProject(client, api, key, signal);
  return { isCloud, api, url: baseUrl.replace(/\/+$/, ""), project };
}

/** Rejects with `tracker_config` where the project is not there, or not for this token. */
export async function readProject(
  client: JiraClient,
  api: string,
  name: string,
  signal: AbortSignal,
): Promise<JiraProject> {
  const path = `${api}/project/${encodeURIComponent(name)}`;
  try {
    const { data } = await client.get(path, {}, signal);
    const project = v.safeParse(projectSchema, data);
    if (!project.success) throw jiraErrors.payload(`GET ${path}`, project.issues[0].message);
    return project.output;
  } catch (error) {
    if (!(error instanceof StatusFailure && [404, 410].includes(error.status))) throw error;
    // Who is nobody is shown nothing either: this says so.
    await client.get(`${api}/myself`, {}, signal);
    throw trackerError("tracker_config", `Jira shows this token no project ${name}`, {
      remedy:
        "Correct `tracker.provider.project`, or give the token's account the permission Browse projects there.",
    });
  }
}
