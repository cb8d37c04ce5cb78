import { Kind, getNamedType, isCompositeType, isObjectType } from "graphql";
import type { DocumentNode, FieldNode, GraphQLCompositeType, GraphQLSchema, SelectionSetNode } from "graphql";

/** No single request may cost more. */
export const highestComplexity = 10_000;

/**
 * A document's cost by the rule that Linear publishes: 0.1 a property, 1 an object, a list as often as it is asked
 * for (50 where it does not say).
 */
export function queryComplexity(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): number {
  const fragments = new Map<string, SelectionSetNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition.selectionSet);
    }
  }

  const costOf = (selections: SelectionSetNode, type: GraphQLCompositeType): number =>
    selections.selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value);
        return sum + (fragment === undefined ? 0 : costOf(fragment, type));
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + costOf(selection.selectionSet, type);
      return sum + costOfField(selection, type);
    }, 0);

  const costOfField = (field: FieldNode, parent: GraphQLCompositeType): number => {
    const definition = isObjectType(parent) ? parent.getFields()[field.name.value] : undefined;
    const type = definition === undefined ? null : getNamedType(definition.type);
    if (type === null || field.selectionSet === undefined || !isCompositeType(type)) return 0.1;
    const cost = 1 + costOf(field.selectionSet, type);
    return type.name.endsWith("Connection") ? cost * sizeOf(field) : cost;
  };

  const sizeOf = (field: FieldNode): number => {
    const first = field.arguments?.find(({ name }) => name.value === "first")?.value;
    if (first?.kind === Kind.INT) return Number(first.value);
    if (first?.kind === Kind.VARIABLE) return Number(variables[first.name.value]);
    return 50;
  };

  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return 0;
  const root = schema.getRootType(operation.operation);
  return root == null ? 0 : costOf(operation.selectionSet, root);
}
