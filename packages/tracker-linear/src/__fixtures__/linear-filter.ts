import { InvalidInput } from "./linear-store.ts";

type View = { readonly [field: string]: unknown };

/**
 * Linear's filters over plain records: fields, `and`, `or`, `null`, `some`, `every` and the comparators. What it does
 * not know throws, so that a filter is never taken for one that lets everything through.
 */
export function matches(filter: unknown, value: unknown): boolean {
  if (!isRecord(filter)) throw new InvalidInput("a filter must be an object");
  return Object.entries(filter).every(([key, operand]) => matchesKey(key, operand, filter, value));
}

function matchesKey(key: string, operand: unknown, filter: View, value: unknown): boolean {
  if (key === "and") return listOf(operand).every((part) => matches(part, value));
  if (key === "or") return listOf(operand).some((part) => matches(part, value));
  if (key === "null") return (value === null) === operand;
  if (Array.isArray(value)) {
    if (key === "some") return value.some((item) => matches(operand, item));
    if (key === "every") return value.every((item) => matches(operand, item));
    throw new Error(`not implemented: the collection filter ${key}`);
  }
  if (isRecord(value)) {
    if (!(key in value)) throw new Error(`not implemented: the filter of the field ${key}`);
    return matches(operand, value[key]);
  }
  const compare = comparators[key];
  // A record that is not there matches nothing that its fields are asked for.
  if (compare === undefined && value === null) return false;
  if (compare === undefined) throw new Error(`not implemented: the comparator ${key} in ${JSON.stringify(filter)}`);
  return compare(value, operand);
}

const comparators: Readonly<Record<string, (value: unknown, operand: unknown) => boolean>> = {
  eq: (value, operand) => value === operand,
  neq: (value, operand) => value !== operand,
  in: (value, operand) => listOf(operand).includes(value),
  nin: (value, operand) => !listOf(operand).includes(value),
  eqIgnoreCase: (value, operand) => folded(value) === folded(operand),
  contains: (value, operand) => String(value).includes(String(operand)),
  gt: (value, operand) => order(value) > order(operand),
  gte: (value, operand) => order(value) >= order(operand),
  lt: (value, operand) => order(value) < order(operand),
  lte: (value, operand) => order(value) <= order(operand),
};

function folded(value: unknown): string {
  return String(value).toLowerCase();
}

function order(value: unknown): number {
  return typeof value === "number" ? value : Date.parse(String(value));
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new InvalidInput("a list is expected in the filter");
  return value;
}

function isRecord(value: unknown): value is View {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
