import * as v from "valibot";
import type { JiraClient } from "./jira-client.ts";
import { jiraErrors } from "./jira-errors.ts";
import { statusSchema } from "./issue-record.ts";
import type { Status } from "./states.ts";

/** A field on the screen of a transition. */
export interface ScreenField {
  readonly id: string;
  readonly name: string;
  readonly isRequired: boolean;
  /** What it may be, by name, where Jira says so. Clipped. */
  readonly values: readonly string[];
}

/** A way out of the status that an issue is in, for the token's account. */
export interface Transition {
  readonly id: string;
  readonly name: string;
  readonly to: Status;
  readonly fields: readonly ScreenField[];
}

const mostValues = 12;

const fieldSchema = v.object({
  name: v.fallback(v.optional(v.string(), ""), ""),
  required: v.fallback(v.optional(v.boolean(), false), false),
  hasDefaultValue: v.fallback(v.optional(v.boolean(), false), false),
  allowedValues: v.fallback(v.optional(v.array(v.unknown()), []), []),
});

const transitionSchema = v.object({
  id: v.string(),
  name: v.fallback(v.optional(v.string(), ""), ""),
  to: statusSchema,
  isAvailable: v.fallback(v.optional(v.boolean(), true), true),
  fields: v.fallback(v.optional(v.record(v.string(), fieldSchema), {}), {}),
});

/** Those that are open to the token's account now. */
export async function readTransitions(
  client: JiraClient,
  path: string,
  signal: AbortSignal,
): Promise<readonly Transition[]> {
  const { data } = await client.get(path, { expand: "transitions.fields" }, signal);
  const list = v.safeParse(v.object({ transitions: v.array(transitionSchema) }), data);
  if (!list.success) throw jiraErrors.payload(`GET ${path}`, list.issues[0].message);
  return list.output.transitions
    .filter(({ isAvailable }) => isAvailable)
    .map(({ id, name, to, fields }) => ({
      id,
      name,
      to,
      fields: Object.entries(fields).map(([field, told]) => ({
        id: field,
        name: told.name === "" ? field : told.name,
        isRequired: told.required && !told.hasDefaultValue,
        values: told.allowedValues.flatMap(valueName).slice(0, mostValues),
      })),
    }));
}

/** Required fields of its screen that nobody fills in. */
export function missingFields(
  { fields }: Transition,
  given: readonly string[],
): readonly ScreenField[] {
  return fields.filter(({ id, isRequired }) => isRequired && !given.includes(id));
}

function valueName(value: unknown): readonly string[] {
  const known = v.safeParse(
    v.object({ name: v.optional(v.string()), value: v.optional(v.string()) }),
    value,
  );
  const name = known.success ? (known.output.name ?? known.output.value) : undefined;
  return name === undefined ? [] : [name];
}
