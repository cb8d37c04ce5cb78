import { keyOf } from "./fake-records.ts";
import type { FakeIssue, FakeWorld } from "./fake-world.ts";

/** What Jira answers a query with that it cannot perform, with 400. */
export class JqlProblem extends Error {}

type Test = (issue: FakeIssue) => boolean;

interface Tokens {
  readonly list: readonly string[];
  at: number;
}

const unitsMs = new Map([
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 604_800_000],
]);

/** As much of JQL as is written by the adapter and its users here. Anything else is refused, as Jira would. */
export function runJql(
  jql: string,
  world: FakeWorld,
  { issues, isStrict }: { readonly issues: Iterable<FakeIssue>; readonly isStrict: boolean },
): readonly FakeIssue[] {
  const [condition = "", order = ""] = jql.split(/\s+ORDER BY\s+/);
  const tokens: Tokens = { list: condition.match(/"(?:[^"\\]|\\.)*"|[()=,]|!=|>=|[^\s()=,!>]+/g) ?? [], at: 0 };
  const test = either(tokens, world, isStrict);
  if (tokens.at < tokens.list.length) throw new JqlProblem(`Error in the JQL Query: ${jql}`);
  const found = [...issues].filter(test);
  return order === "" ? found : found.toSorted(ordering(order));
}

function either(tokens: Tokens, world: FakeWorld, isStrict: boolean): Test {
  const tests = [both(tokens, world, isStrict)];
  while (take(tokens, "OR")) tests.push(both(tokens, world, isStrict));
  return (issue) => tests.some((test) => test(issue));
}

function both(tokens: Tokens, world: FakeWorld, isStrict: boolean): Test {
  const tests = [one(tokens, world, isStrict)];
  while (take(tokens, "AND")) tests.push(one(tokens, world, isStrict));
  return (issue) => tests.every((test) => test(issue));
}

function one(tokens: Tokens, world: FakeWorld, isStrict: boolean): Test {
  if (take(tokens, "(")) {
    const inner = either(tokens, world, isStrict);
    expect(tokens, ")");
    return inner;
  }
  const field = unquoted(next(tokens));
  const operator = next(tokens).toLowerCase();
  if (operator === "in") {
    expect(tokens, "(");
    const values = [unquoted(next(tokens))];
    while (take(tokens, ",")) values.push(unquoted(next(tokens)));
    expect(tokens, ")");
    const tests = values.map((value) => compared(field, value, world, isStrict));
    return (issue) => tests.some((test) => test(issue));
  }
  const value = unquoted(next(tokens));
  if (operator === ">=" && field === "updated") return updatedSince(value, world);
  if (operator !== "=" && operator !== "!=") throw new JqlProblem(`no operator ${operator}`);
  const test = compared(field, value, world, isStrict);
  return operator === "=" ? test : (issue) => !test(issue);
}

/** Dates are of the account's own time zone: whoever means a moment must not write one. */
function updatedSince(value: string, world: FakeWorld): Test {
  const [, count = "", unit = ""] = /^-(\d+)([mhdw])$/.exec(value) ?? [];
  if (count === "") throw new JqlProblem(`Date value '${value}' for field 'updated' is invalid.`);
  const since = Date.now() + world.skewMs - Number(count) * (unitsMs.get(unit) ?? 0);
  return ({ updatedMs }) => updatedMs >= since;
}

function compared(field: string, value: string, world: FakeWorld, isStrict: boolean): Test {
  switch (field) {
    case "project": {
      if (!world.isVisible || !Object.hasOwn(world.projectIds, value)) {
        throw new JqlProblem(`The value '${value}' does not exist for the field 'project'.`);
      }
      return ({ project }) => project === value;
    }
    case "id":
      if (isStrict && !world.issues.has(value)) {
        throw new JqlProblem(`An issue with key '${value}' does not exist for field 'id'.`);
      }
      return ({ id }) => id === value;
    case "statusCategory":
      if (value !== "Done") throw new JqlProblem(`no category ${value}`);
      return ({ status }) =>
        world.statuses.find(({ name }) => name === status)?.category === "done";
    case "labels":
      return ({ labels }) => labels.includes(value);
    case world.flavour === "cloud" ? "parent" : "Epic Link":
      return ({ parent }) => parent === value;
    default:
      throw new JqlProblem(`Field '${field}' does not exist or you do not have permission to view it.`);
  }
}

function ordering(order: string): (a: FakeIssue, b: FakeIssue) => number {
  const parts = order.split(/\s*,\s*/).map((part) => part.split(" "));
  const value = (issue: FakeIssue, field: string): number =>
    field === "created" ? issue.createdMs : field === "updated" ? issue.updatedMs : issue.number;
  return (a, b) => {
    for (const [field = "", direction] of parts) {
      const difference = value(a, field) - value(b, field);
      if (difference !== 0) return direction === "DESC" ? -difference : difference;
    }
    return keyOf(a) < keyOf(b) ? -1 : 1;
  };
}

function take(tokens: Tokens, token: string): boolean {
  if (tokens.list[tokens.at] !== token) return false;
  tokens.at += 1;
  return true;
}

function expect(tokens: Tokens, token: string): void {
  if (!take(tokens, token)) throw new JqlProblem(`Expecting '${token}'`);
}

function next(tokens: Tokens): string {
  const token = tokens.list[tokens.at];
  if (token === undefined) throw new JqlProblem("Error in the JQL Query: it ends too early");
  tokens.at += 1;
  return token;
}

function unquoted(token: string): string {
  return token.startsWith('"') ? token.slice(1, -1).replaceAll(/\\(.)/g, "$1") : token;
}
