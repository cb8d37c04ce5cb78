import * as v from "valibot";
import type { JiraClient } from "./jira-client.ts";
import { jiraErrors } from "./jira-errors.ts";
import { statusSchema } from "./issue-record.ts";
import type { JiraSite } from "./site.ts";
import type { Status } from "./states.ts";

const listSchema = v.array(v.object({ statuses: v.array(statusSchema) }));
const order = ["new", "indeterminate", "done", null];

/** The statuses that the workflows of a project have, those of one name once; by their categories. */
export async function readStatuses(
  client: JiraClient,
  { api, project }: JiraSite,
  signal: AbortSignal,
): Promise<readonly Status[]> {
  const path = `${api}/project/${project.id}/statuses`;
  const { data } = await client.get(path, {}, signal);
  const types = v.safeParse(listSchema, data);
  if (!types.success) throw jiraErrors.payload(`GET ${path}`, types.issues[0].message);
  const all = types.output.flatMap(({ statuses }) => statuses);
  const byName = new Map(all.map((status) => [status.name, status]));
  return [...byName.values()].toSorted(
    (a, b) => order.indexOf(a.category) - order.indexOf(b.category),
  );
}
